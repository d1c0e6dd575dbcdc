"""The result of a test, which its report carries to the process that reports, and its gist for JUnit files."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.pytest_plugin.check_options import CheckOptions

if TYPE_CHECKING:
    from gradcheck.declaration.origin import NotChecked
    from gradcheck.records.results import OpResult, Run

PROPERTY_NAME = "gradcheck"
RUNS_KEY = pytest.StashKey[list[str]]()
REPORT_ATTRIBUTE = "gradcheck_runs"
"""The attribute of a report under which runs are carried: pytest and xdist hand on what is plain data there."""


def attach_record(item: pytest.Item, choices: CheckOptions, result: "OpResult") -> None:
    """Attach the result to a test: all of it for the end of the session, and for readers of JUnit files its op, its
    status and the number of examined cases."""
    from gradcheck.records.results import Run

    run = Run((result,), choices.seed, choices.examples, (result.target,), complete=result.complete)
    item.stash.setdefault(RUNS_KEY, []).append(run.to_line())
    examined = max((verdict.examined for verdict in result.verdicts), default=0)
    item.user_properties += [
        (PROPERTY_NAME, escape_unprintable(cut_text(result.op))),
        (f"{PROPERTY_NAME}.status", result.status.value),
        (f"{PROPERTY_NAME}.examined", str(examined)),
    ]


def hand_over_runs(item: pytest.Item, report: pytest.TestReport) -> None:
    """Hand the runs of a test over to the report on its end."""
    if report.when == "teardown" and item.stash.get(RUNS_KEY, None):
        setattr(report, REPORT_ATTRIBUTE, item.stash[RUNS_KEY])
        del item.stash[RUNS_KEY]


def attach_unchecked_parts(item: pytest.Item, choices: CheckOptions, parts: "Iterable[NotChecked]") -> None:
    """Attach to a test what in its target was not checked."""
    from gradcheck.records.results import Run

    run = Run((), choices.seed, choices.examples, not_checked=tuple(parts))
    item.stash.setdefault(RUNS_KEY, []).append(run.to_line())


@cache
def read_versions() -> dict[str, str]:
    """Read the versions that the figures depend on."""
    from gradcheck.checking.check import collect_versions

    return collect_versions()


def extract_runs(report: pytest.TestReport) -> "Iterator[Run]":
    """Read the runs that a report carries."""
    for text in getattr(report, REPORT_ATTRIBUTE, ()):
        from gradcheck.records.results import Run

        yield Run.from_json(text)


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
    results = merge_op_results([*(result for run in runs for result in run.results), *crashed])
    not_checked = tuple(dict.fromkeys(part for run in runs for part in run.not_checked))
    targets = tuple(dict.fromkeys(result.target for result in results))
    whole = complete and all(result.complete for result in results)
    return Run(results, choices.seed, choices.examples, targets, whole, read_versions(), not_checked=not_checked)
