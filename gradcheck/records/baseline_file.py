"""A baseline as a file to commit: TOML with a line for each error, sorted, so that what changed is what a diff shows.

It names no host and no date; the same run gives the same bytes.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.records.evidence import read_errors
from gradcheck.records.measured_run import MeasuredOp, MeasuredRun

BASELINE_SCHEMA = "gradcheck-baseline/1"
"""The version of the form of the file."""


class BaselineError(ValueError):
    """A baseline that cannot be read or written; the message says which part is wrong."""


def write_baseline(run: MeasuredRun) -> str:
    """Write a baseline.  Raises BaselineError for a name that TOML cannot hold."""
    return "".join(f"{line}\n" for line in write_baseline_lines(run))


def write_baseline_lines(run: MeasuredRun) -> Iterator[str]:
    """Yield the lines: the schema and the seed, the versions, and a table for each op."""
    yield f"schema = {quote_toml(BASELINE_SCHEMA)}"
    yield f"seed = {run.seed}"
    yield from ("", "[environment]")
    yield from (f"{write_key(name)} = {quote_toml(version)}" for name, version in sorted(run.environment.items()))
    for label in sorted(run.ops):
        yield from ("", f"[ops.{write_key(label)}]", *write_op_lines(run.ops[label], run.environment))


def write_op_lines(op: MeasuredOp, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the digest of the cases of an op, its errors in three digits, and the versions that are not those of the
    others."""
    yield f"cases = {quote_toml(op.corpus)}"
    other = sorted(op.environment.items() - environment.items())
    if other:
        yield f"environment = {{ {', '.join(f'{write_key(name)} = {quote_toml(text)}' for name, text in other)} }}"
    yield from (f"{write_key(str(key))} = {error:.2e}" for key, error in sorted(op.errors.items()))


def write_key(name: str) -> str:
    """Write a key, between quotes where TOML wants them.  Raises BaselineError where it is no Unicode."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quote_toml(name)


def quote_toml(text: str) -> str:
    """Quote text as a string of TOML in one line.  Raises BaselineError where it is no Unicode."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise BaselineError(f"{text!a} is no Unicode, and cannot be written to a baseline; rename it")
    quoted = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(quoted)}"'


def read_baseline_text(text: str) -> MeasuredRun:
    """Read what write_baseline wrote.  Raises BaselineError where it is broken or of another schema."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"this is no baseline, or it is truncated: {error}") from None
    if data.get("schema") != BASELINE_SCHEMA:
        raise BaselineError(
            f"this is no baseline: its schema is {data.get('schema')!r}, and this version reads {BASELINE_SCHEMA!r}; "
            "delete it, and make it anew with gradcheck baseline update"
        )
    try:
        environment = {name: str(version) for name, version in data["environment"].items()}
        ops = {label: read_op_table(label, table, environment) for label, table in data["ops"].items()}
        return MeasuredRun(ops, int(data["seed"]), environment)
    except KeyError as missing:
        raise BaselineError(f"the baseline has no {missing}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise BaselineError(f"the baseline cannot be read: {error}") from None


def read_op_table(label: str, table: Mapping[str, Any], environment: Mapping[str, str]) -> MeasuredOp:
    """Read the table of one op."""
    figures = {key: value for key, value in table.items() if key not in ("cases", "environment")}
    own = {name: str(version) for name, version in table.get("environment", {}).items()}
    return MeasuredOp(label, str(table["cases"]), read_errors(figures), {**environment, **own})
