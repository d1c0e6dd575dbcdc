"""layout: how an array lies in memory changes nothing."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Arrangement, Evaluator, UserError
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName, compute_results, make_rounding_measures, name_results
from gradcheck.laws.comparison import Difference, compare_within_rounding
from gradcheck.laws.findings import make_crash_finding, merge_observations, observe_differences
from gradcheck.laws.law import Law
from gradcheck.records.case import Case


def make_strided(a: Values) -> Values:
    """Every second element of a larger array, in both directions of the last axis."""
    if not a.ndim:
        return np.array(a)
    roomy = np.full((*a.shape[:-1], 2 * a.shape[-1]), 7, a.dtype)
    view = roomy[..., ::-2]
    view[...] = a
    return view


def make_fortran_ordered(a: Values) -> Values:
    """Column after column."""
    return np.array(a, order="F")


def make_read_only(a: Values) -> Values:
    """A copy that may not be written to."""
    kept = np.array(a)
    kept.flags.writeable = False
    return kept


def make_scalar(a: Values) -> Any:
    """A NumPy number in place of an array of no axes."""
    return a[()] if not a.ndim else np.array(a)


MEMORY_LAYOUT_HINT = "Use shapes and indexing, not the order in memory; write only to arrays of your own."

MEMORY_LAYOUTS: dict[str, Arrangement] = {
    "with strided arrays": Arrangement(make_strided),
    "with Fortran-ordered arrays": Arrangement(make_fortran_ordered),
    "with read-only arrays": Arrangement(make_read_only),
    "with numbers for arrays of no axes": Arrangement(make_scalar),
}


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Each layout in turn, for inputs and upstream alike."""
    compute_results(evaluator, case.point, case.upstream)  # what raises for any layout is not for this law to tell
    return merge_observations(
        examine_memory_layout(evaluator, words, arrange) for words, arrange in MEMORY_LAYOUTS.items()
    )


def examine_memory_layout(evaluator: Evaluator, words: str, arrange: Arrangement) -> Observation:
    """One layout.  What raises there alone is told with it."""
    try:
        return observe_differences(
            "layout", evaluator, words, compare_memory_layouts(evaluator, arrange), MEMORY_LAYOUT_HINT
        )
    except UserError as error:
        return Observation(
            (
                make_crash_finding(
                    evaluator.op, "layout", evaluator.case, f"{words}, {error}", error, MEMORY_LAYOUT_HINT
                ),
            )
        )


def compare_memory_layouts(evaluator: Evaluator, arrange: Arrangement) -> Iterator[tuple[ResultName, Difference]]:
    """The results in one layout against those in the plain one."""
    case, spread = evaluator.case, make_rounding_measures(evaluator)
    rows = zip(
        name_results(evaluator),
        compute_results(evaluator, case.point, case.upstream, arrange),
        compute_results(evaluator, case.point, case.upstream),
        strict=True,
    )
    for which, (name, got, wanted) in enumerate(rows):
        yield name, compare_within_rounding(got, wanted, spread(which))


LAW = Law(
    "layout",
    "Strided, reversed, Fortran-ordered and read-only arrays, and numbers in place of 0-d arrays, give the same "
    "answer.",
    "Upstreams arrive transposed and sliced; a kernel that assumes contiguous memory reads the wrong elements.",
    examine,
)
