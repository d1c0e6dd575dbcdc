"""The result of a test as a property of it, which JUnit files and xdist carry along: a run of one op as JSON."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin.check_options import CheckOptions

if TYPE_CHECKING:
    from gradcheck.declaration.origin import NotChecked
    from gradcheck.records.results import OpResult, Run

PROPERTY_NAME = "gradcheck"


def attach_record(item: pytest.Item, choices: CheckOptions, result: "OpResult") -> None:
    """Attach the result to a test, with its status and number of examined cases for people who read JUnit files."""
    from gradcheck.records.results import Run

    run = Run((result,), choices.seed, choices.examples, (result.target,), result.complete, read_versions())
    examined = max((verdict.examined for verdict in result.verdicts), default=0)
    brief = [(f"{PROPERTY_NAME}.status", result.status.value), (f"{PROPERTY_NAME}.examined", str(examined))]
    item.user_properties += [(PROPERTY_NAME, run.to_line()), *brief]


def attach_unchecked_parts(item: pytest.Item, choices: CheckOptions, parts: "Iterable[NotChecked]") -> None:
    """Attach to a test what in its target was not checked."""
    from gradcheck.records.results import Run

    run = Run((), choices.seed, choices.examples, not_checked=tuple(parts))
    item.user_properties.append((PROPERTY_NAME, run.to_line()))


@cache
def read_versions() -> dict[str, str]:
    """Read the versions that the figures depend on."""
    from gradcheck.checking.check import collect_versions

    return collect_versions()


def extract_runs(properties: Iterable[tuple[str, Any]]) -> "Iterator[Run]":
    """Read the runs among the properties of a test; a property of that name that is no saved run is left alone, for
    it is the test's own."""
    for name, value in properties:
        if name == PROPERTY_NAME and isinstance(value, str):
            from gradcheck.records.results import Run, RunError

            with suppress(RunError):
                yield Run.from_json(value)


def merge_op_results(results: "Iterable[OpResult]") -> "tuple[OpResult, ...]":
    """Merge the results of one op that tests of single laws give; sorted, so that their order does not matter."""
    whole: dict[tuple[str, str], OpResult] = {}
    for result in results:
        key = result.target, result.op
        whole[key] = join_op_results(whole[key], result) if key in whole else result
    return tuple(whole[key] for key in sorted(whole))


def join_op_results(one: "OpResult", other: "OpResult") -> "OpResult":
    """Join two results of an op; where both have a verdict of a law, the later stays."""
    from gradcheck.laws.registry import load_laws

    by_law = {verdict.law: verdict for verdict in (*one.verdicts, *other.verdicts)}
    verdicts = tuple(by_law[law] for law in load_laws() if law in by_law)
    return replace(other, verdicts=verdicts, complete=one.complete and other.complete)


def build_run(runs: "Iterable[Run]", choices: CheckOptions, crashed: "Iterable[OpResult]", complete: bool) -> "Run":
    """Build one run of those of all tests and of the ops that crashed a worker."""
    from gradcheck.records.results import Run

    runs = list(runs)
    not_checked = tuple(dict.fromkeys(part for run in runs for part in run.not_checked))
    results = merge_op_results([*(result for run in runs for result in run.results), *crashed])
    targets = tuple(dict.fromkeys(result.target for result in results))
    whole = complete and all(result.complete for result in results)
    return Run(results, choices.seed, choices.examples, targets, whole, read_versions(), not_checked=not_checked)
