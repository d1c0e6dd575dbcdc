"""What a page says of one op, without markup."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.escaping import cut_text
from gradcheck.formatting import pluralise
from gradcheck.records.results import OpResult, Verdict
from gradcheck.records.searched import CLASS_LENGTHS, LEAST_POWER, MOST_POWER, POWER_STEP, CaseClass
from gradcheck.records.status import FAILING_STATUSES, Status
from gradcheck.report.content import collect_op_notes, describe_not_checked
from gradcheck.report.html.error_strip import draw_error_strip

TONES = {
    **dict.fromkeys(Status, "warned"),
    **dict.fromkeys(FAILING_STATUSES, "wrong"),
    Status.PASSED: "right",
    Status.INAPPLICABLE: "open",
}
"""The class of the colours of a status."""
SHADES = 4
"""Shades of the cells of a table of cases."""


@dataclass(frozen=True)
class ShadedCount:
    """A number of cases, and its shade: 0 of none to SHADES of the most."""

    count: int
    shade: int


@dataclass(frozen=True)
class CaseTable:
    """The cases of an op by their longest axis, a row each, and by their largest value."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[ShadedCount, ...]], ...]


@dataclass(frozen=True)
class OpSection:
    """One op.

    identity: its place in the page.  figures: how much was examined.  is_open: whether there is something to read.
    laws: the laws by status, a line each.  strip: the relative errors by each witness, "" where none measured any.
    searched: what the cases looked at.  cases: by shape and magnitude, None where the run does not say.  kinks: which
    were met, by which convention.  lines: all else.
    """

    identity: str
    name: str
    status: Status
    tone: str
    figures: str
    is_open: bool
    laws: tuple[str, ...]
    strip: Any
    searched: str
    cases: CaseTable | None
    kinks: str
    lines: tuple[str, ...]


def build_op_section(result: OpResult, place: int) -> OpSection:
    """Build what is said of one op.  place: among those of the run."""
    kinks = result.verdict("kinks")
    kinks = kinks if kinks and kinks.status is Status.PASSED and kinks.examined else None
    others = replace(result, verdicts=tuple(v for v in result.verdicts if v is not kinks))
    named = [f"found in {cut_text(result.target)}"] if result.target else []
    return OpSection(
        f"op-{place}",
        cut_text(result.label),
        result.status,
        TONES[result.status],
        f"{pluralise(result.cases, 'case')}, {pluralise(result.shapes, 'shape')}",
        result.status is not Status.PASSED,
        tuple(list_laws_by_status(result)),
        draw_error_strip(result),
        str(result.searched) if result.cases else "",
        tabulate_cases(result.searched.cases) if result.searched.cases else None,
        describe_kinks(kinks) if kinks else "",
        (*named, *(f"not checked: {describe_not_checked(p)}" for p in result.not_checked), *collect_op_notes(others)),
    )


def list_laws_by_status(result: OpResult) -> Iterator[str]:
    """List the laws, those of one status together, the worst first."""
    laws: dict[Status, list[str]] = defaultdict(list)
    for verdict in result.verdicts:
        laws[verdict.status].append(verdict.law)
    yield from (f"{status}: {', '.join(laws[status])}" for status in Status if status in laws)


def describe_kinks(verdict: Verdict) -> str:
    """Say how many cases met a kink, and the convention at each kind of them."""
    met = f"in {verdict.examined} of {pluralise(verdict.examined + verdict.abstained, 'case')}"
    return f"{met}: {cut_text(verdict.reason.removeprefix('at kinks: '))}" if verdict.reason else met


def tabulate_cases(cases: Mapping[CaseClass, int]) -> CaseTable:
    """Tabulate cases by their longest axis and their largest value, without empty rows."""
    powers = range(LEAST_POWER, MOST_POWER + 1, POWER_STEP)
    most = max(cases.values())
    rows = (
        (describe_length(n), tuple(shade_count(cases.get(CaseClass(n, power), 0), most) for power in powers))
        for n in sorted({key.length for key in cases})
    )
    return CaseTable(tuple(map(describe_power, powers)), tuple(rows))


def shade_count(count: int, most: int) -> ShadedCount:
    """Return a count with its shade."""
    return ShadedCount(count, math.ceil(SHADES * count / most))


def describe_length(length: int) -> str:
    """Describe a class of longest axes: 8–31."""
    following = min((least for least in CLASS_LENGTHS if least > length), default=0)
    return f"≥{length}" if not following else str(length) if following == length + 1 else f"{length}–{following - 1}"


def describe_power(power: int) -> str:
    """Describe a class of largest values by where it ends, the last one by where it begins."""
    return f"≥1e{power}" if power == MOST_POWER else f"<1e{power + POWER_STEP}"
