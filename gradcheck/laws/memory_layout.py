"""layout: the memory layout of an array does not change the results."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Arrangement, Evaluator, Malformed, UserError
from gradcheck.laws.accumulator import LawAccumulator, Observation
from gradcheck.laws.call_results import ResultName, compute_results, make_rounding_measures, name_results
from gradcheck.laws.comparison import Difference, allow_reordering, compare_within_rounding, find_largest_size
from gradcheck.laws.findings import make_crash_finding, merge_observations, observe_differences
from gradcheck.laws.law import Law
from gradcheck.records.case import Case
from gradcheck.records.demonstration import ArrayForm, Demonstration
from gradcheck.records.results import Finding, FindingId
from gradcheck.records.status import Status


def make_strided(a: Values) -> Values:
    """Return a view of every second element of a larger array, reversed along the last axis."""
    if not a.ndim:
        return np.array(a)
    roomy = np.full((*a.shape[:-1], 2 * a.shape[-1]), 7, a.dtype)
    view = roomy[..., ::-2]
    view[...] = a
    return view


def make_fortran_ordered(a: Values) -> Values:
    """Return a copy in Fortran order."""
    return np.array(a, order="F")


def make_read_only(a: Values) -> Values:
    """Return a copy that is not writable."""
    copied = np.array(a)
    copied.flags.writeable = False
    return copied


def make_scalar(a: Values) -> Any:
    """Return a NumPy scalar in place of a 0-d array."""
    return a[()] if not a.ndim else np.array(a)


MEMORY_LAYOUT_HINT = "Use shapes and indexing, not the order in memory; write only to arrays of your own."

READ_ONLY = "with read-only arrays"
READ_ONLY_HINT = "It writes to an array that it was given, or asks for one that is writable: write to a copy."

MEMORY_LAYOUTS: dict[str, Arrangement] = {
    "with strided arrays": Arrangement(make_strided),
    "with Fortran-ordered arrays": Arrangement(make_fortran_ordered),
    READ_ONLY: Arrangement(make_read_only),
    "with numbers for arrays of no axes": Arrangement(make_scalar),
}
IS_ANOTHER: tuple[Callable[[Values], bool], ...] = (
    lambda a: a.ndim > 0,
    lambda a: sum(length > 1 for length in a.shape) > 1,
    lambda a: True,
    lambda a: a.ndim == 0,
)
"""Whether an array is another one in each memory layout, in their order."""
ARRAY_FORMS = (ArrayForm.STRIDED, ArrayForm.FORTRAN_ORDERED, ArrayForm.READ_ONLY, ArrayForm.NUMBERS)
"""The form of each memory layout, in their order."""


def make_unusual(a: Values) -> Values:
    """Return a read-only view that is reversed along every axis, of a copy in Fortran order: whoever relies on the
    order in memory, on positive strides or on writing fails on it, as on one of the other layouts."""
    view = np.flip(np.array(np.flip(a), order="F"))
    view.flags.writeable = False
    return view


UNUSUAL = Arrangement(make_unusual)


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Compare each memory layout with the plain one, for inputs and upstream alike; in a large case one that
    stands for all, where it is not contradicted."""
    if case.is_large and holds_for_unusual_layout(evaluator):
        return Observation()
    compute_results(evaluator, case.point, case.upstream)  # what raises in every layout is not this law's finding
    return merge_observations(
        examine_memory_layout(evaluator, words, Demonstration(form=form), arrange)
        for form, is_another, (words, arrange) in zip(ARRAY_FORMS, IS_ANOTHER, MEMORY_LAYOUTS.items(), strict=True)
        if any(map(is_another, (*case.point, *case.upstream)))
    )


def holds_for_unusual_layout(evaluator: Evaluator) -> bool:
    """Whether results are the same in an UNUSUAL layout, up to what sums in another order differ by."""
    case = evaluator.case
    plain, allowed = compute_results(evaluator, case.point, case.upstream), allow_reordering(case)
    try:
        results = compute_results(evaluator, case.point, case.upstream, UNUSUAL)
    except (UserError, Malformed):
        return False
    return all(is_reordered(*pair, allowed) for pair in zip(results, plain, strict=True))


def is_reordered(got: Values, wanted: Values, allowed: float) -> bool:
    """Whether two results differ by no more than a share of the largest element."""
    if np.array_equal(got, wanted):
        return True
    return find_largest_size(np.subtract(got, wanted)) <= allowed * find_largest_size(wanted)


def examine_memory_layout(
    evaluator: Evaluator, words: str, demonstration: Demonstration, arrange: Arrangement
) -> Observation:
    """Examine one memory layout.  An exception that is raised only there is a finding, and with read-only arrays a
    warning: what changes an array of the caller breaks the law purity, and what changes none breaks nothing."""
    try:
        return observe_differences(
            "layout", evaluator, words, compare_memory_layouts(evaluator, arrange), MEMORY_LAYOUT_HINT, demonstration
        )
    except UserError as error:
        hint, status = (READ_ONLY_HINT, Status.WARNING) if words == READ_ONLY else (MEMORY_LAYOUT_HINT, Status.CRASHED)
        op, case, claim = evaluator.op, evaluator.case, f"{words}, {error}"
        return Observation((make_crash_finding(op, "layout", case, claim, error, hint, demonstration, status),))


def compare_memory_layouts(evaluator: Evaluator, arrange: Arrangement) -> Iterator[tuple[ResultName, Difference]]:
    """Yield the difference between each result in one memory layout and that in the plain one."""
    case, spread = evaluator.case, make_rounding_measures(evaluator)
    rows = zip(
        name_results(evaluator),
        compute_results(evaluator, case.point, case.upstream, arrange),
        compute_results(evaluator, case.point, case.upstream),
        strict=True,
    )
    for i, (name, got, wanted) in enumerate(rows):
        yield name, compare_within_rounding(got, wanted, spread(i))


def mark_writes(op: Op, accumulators: Mapping[str, LawAccumulator]) -> Mapping[FindingId, Finding]:
    """Mark the exceptions as following from purity where that found arrays of the caller changed in any case."""
    purity = accumulators.get("purity", LawAccumulator())
    fails = any(finding.status is Status.FAILED for finding in purity.findings.values())
    findings = accumulators["layout"].findings
    raised = {Status.WARNING, Status.CRASHED}
    return {
        identity: replace(finding, follows="purity") if fails and finding.status in raised else finding
        for identity, finding in findings.items()
    }


LAW = Law(
    "layout",
    "Strided, reversed, Fortran-ordered and read-only arrays, and numbers in place of 0-d arrays, give the same "
    "answer.",
    "Upstreams arrive transposed and sliced; a kernel that assumes contiguous memory reads the wrong elements.",
    examine,
    review_cases=mark_writes,
    broken_by="gradient",
    examines_large_cases=True,
    is_lenient=True,
)
