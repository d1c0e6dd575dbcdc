"""The history of a project: a record of each run, with the worst error of each op by witness.

It is a log, not a baseline: it knows the time and the commit.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.records.codec import encode_record, select_fields
from gradcheck.records.results import OpResult, Run

HISTORY_SCHEMA = "gradcheck-history/1"
"""The version of the form of a record."""


class HistoryError(ValueError):
    """A history that cannot be read or appended to; the message says why."""


@dataclass(frozen=True)
class Commit:
    """The commit that was checked, each "" where it is not known.  time: in UTC, as ISO 8601 writes it."""

    name: str = ""
    branch: str = ""
    time: str = ""


@dataclass(frozen=True)
class OpRecord:
    """One op in one run.  errors: the worst by witness, in three digits.  cases: the digest of its pinned cases."""

    status: str
    cases: str
    errors: Mapping[str, float]

    @classmethod
    def of_result(cls, result: OpResult) -> "OpRecord":
        """Return the record of a result."""
        worst: dict[str, float] = {}
        for key, error in result.measured.items():
            worst[key.witness] = max(worst.get(key.witness, 0.0), error)
        rounded = {witness: float(f"{error:.2e}") for witness, error in sorted(worst.items())}
        return cls(result.status.value, result.corpus, rounded)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "OpRecord":
        """Return what encode_record wrote.  Raises KeyError, TypeError and ValueError where the data is broken."""
        errors = {str(witness): float(error) for witness, error in data["errors"].items()}
        return cls(str(data["status"]), str(data["cases"]), errors)


@dataclass(frozen=True)
class HistoryEntry:
    """One run: its time in UTC, its commit and branch, each "" where it is not known, the versions that its figures
    depend on, and its ops by label."""

    time: str
    commit: str
    branch: str
    environment: Mapping[str, str] = field(default_factory=dict)
    ops: Mapping[str, OpRecord] = field(default_factory=dict)

    @classmethod
    def of_run(cls, run: Run, time: str, commit: Commit) -> "HistoryEntry":
        """Return the record of a run, with the ops that were measured."""
        ops = {r.label: OpRecord.of_result(r) for r in sorted(run.results, key=lambda r: r.label) if r.corpus}
        return cls(time, commit.name, commit.branch, run.environment, ops)

    def to_line(self) -> str:
        """Return the record as JSON in one line."""
        return json.dumps({"schema": HISTORY_SCHEMA, **encode_record(self)}, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_line(cls, line: str) -> "HistoryEntry":
        """Return the record that to_line wrote.  Raises HistoryError where it is broken or of another schema."""
        try:
            data = json.loads(line)
            if data["schema"] != HISTORY_SCHEMA:
                raise HistoryError(f"its schema is {data['schema']!r}, and this version reads {HISTORY_SCHEMA!r}")
            parts = {
                "environment": {str(name): str(version) for name, version in data["environment"].items()},
                "ops": {str(label): OpRecord.read(op) for label, op in data["ops"].items()},
            }
            texts = {name: str(data[name]) for name in ("time", "commit", "branch")}
            return cls(**{**select_fields(cls, data), **texts, **parts})
        except HistoryError:
            raise
        except KeyError as missing:
            raise HistoryError(f"it has no {missing}") from None
        except (TypeError, ValueError, AttributeError, RecursionError) as error:
            raise HistoryError(f"it cannot be read: {error}") from None


@dataclass(frozen=True)
class History:
    """The records of a file in their order.  broken: why some lines are left out, each with its number."""

    entries: tuple[HistoryEntry, ...]
    broken: tuple[str, ...] = ()

    @classmethod
    def read_lines(cls, lines: Iterable[tuple[int, str]]) -> "History":
        """Read numbered lines; those that are broken, as by an interrupt, are left out and told."""
        entries, broken = [], []
        for number, line in lines:
            try:
                entries.append(HistoryEntry.from_line(line))
            except HistoryError as error:
                broken.append(f"record {number} is left out: {error}")
        return cls(tuple(entries), tuple(broken))
