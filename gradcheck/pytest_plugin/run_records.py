"""What a test found, on its way: a run of one op, as a property of the test that JUnit files and xdist carry along."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin.check_options import CheckOptions

if TYPE_CHECKING:
    from gradcheck.records.results import OpResult, Run

PROPERTY_NAME = "gradcheck"


def attach_record(item: pytest.Item, choices: CheckOptions, result: "OpResult") -> None:
    """Give a test the record of what it found, and its gist for people who read JUnit files."""
    from gradcheck.records.results import Run  # noqa: PLC0415

    run = Run((result,), choices.seed, choices.examples, (result.target,), result.complete, read_versions())
    examined = max((verdict.examined for verdict in result.verdicts), default=0)
    gist = [(f"{PROPERTY_NAME}.status", result.status), (f"{PROPERTY_NAME}.examined", str(examined))]
    item.user_properties += [(PROPERTY_NAME, run.to_line()), *gist]


@cache
def read_versions() -> dict[str, str]:
    """The versions that the figures depend on."""
    from gradcheck.checking.check import collect_versions  # noqa: PLC0415

    return collect_versions()


def extract_records(properties: Iterable[tuple[str, Any]]) -> list[str]:
    """The records among the properties of a test."""
    return [
        value
        for name, value in properties
        if name == PROPERTY_NAME and str(value).startswith('{"schema":"gradcheck-run/')
    ]


def merge_op_results(results: "Iterable[OpResult]") -> "tuple[OpResult, ...]":
    """What tests of one law each say of the same op, as one; in an order that does not depend on which came first."""
    whole: dict[tuple[str, str], OpResult] = {}
    for result in results:
        key = result.target, result.op
        whole[key] = join_op_results(whole[key], result) if key in whole else result
    return tuple(whole[key] for key in sorted(whole))


def join_op_results(one: "OpResult", other: "OpResult") -> "OpResult":
    """Two results of an op as one; where both speak of a law, the later."""
    from gradcheck.laws.registry import load_laws  # noqa: PLC0415

    said = {verdict.law: verdict for verdict in (*one.verdicts, *other.verdicts)}
    verdicts = tuple(said[law] for law in load_laws() if law in said)
    return replace(other, verdicts=verdicts, complete=one.complete and other.complete)


def build_run(lines: Iterable[str], choices: CheckOptions, more: "Iterable[OpResult]", complete: bool) -> "Run":
    """The run that these records make, and what else is known."""
    from gradcheck.records.results import Run  # noqa: PLC0415

    runs = [Run.from_json(line) for line in lines]
    results = merge_op_results([*(result for run in runs for result in run.results), *more])
    targets = tuple(dict.fromkeys(result.target for result in results))
    whole = complete and all(result.complete for result in results)
    return Run(results, choices.seed, choices.examples, targets, whole, read_versions())
