"""layout: how an array lies in memory changes nothing."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Arrangement, Evaluator, UserError
from gradcheck.laws.law import (
    Difference,
    Law,
    Observation,
    close,
    crashed,
    disagreements,
    merged,
    result_names,
    results,
    spreads,
)
from gradcheck.records.case import Case


def strided(a: Values) -> Values:
    """Every second element of a larger array, in both directions of the last axis."""
    if not a.ndim:
        return np.array(a)
    roomy = np.full((*a.shape[:-1], 2 * a.shape[-1]), 7, a.dtype)
    view = roomy[..., ::-2]
    view[...] = a
    return view


def fortran(a: Values) -> Values:
    """Column after column."""
    return np.array(a, order="F")


def read_only(a: Values) -> Values:
    """A copy that may not be written to."""
    kept = np.array(a)
    kept.flags.writeable = False
    return kept


def scalar(a: Values) -> Any:
    """A NumPy number in place of an array of no axes."""
    return a[()] if not a.ndim else np.array(a)


HINT = "Use shapes and indexing, not the order in memory; write only to arrays of your own."

LAYOUTS: dict[str, Arrangement] = {
    "with strided arrays": strided,
    "with Fortran-ordered arrays": fortran,
    "with read-only arrays": read_only,
    "with numbers for arrays of no axes": scalar,
}


def examine(op: Op, case: Case, bench: Evaluator) -> Observation:
    """Each layout in turn, for inputs and upstream alike."""
    results(bench, case.point, case.upstream)  # what raises for any layout is not for this law to tell
    return merged(arranged(bench, words, arrange) for words, arrange in LAYOUTS.items())


def arranged(bench: Evaluator, words: str, arrange: Arrangement) -> Observation:
    """One layout.  What raises there alone is told with it."""
    try:
        return disagreements("layout", bench, words, compared(bench, arrange), HINT)
    except UserError as error:
        return Observation((crashed(bench.op, "layout", bench.case, f"{words}, {error}", error, HINT),))


def compared(bench: Evaluator, arrange: Arrangement) -> Iterator[tuple[tuple[str, str], Difference]]:
    """The results in one layout against those in the plain one."""
    case, spread = bench.case, spreads(bench)
    rows = zip(
        result_names(bench),
        results(bench, case.point, case.upstream, arrange),
        results(bench, case.point, case.upstream),
        strict=True,
    )
    for which, (names, got, wanted) in enumerate(rows):
        yield names, close(got, wanted, spread(which))


LAW = Law(
    "layout",
    "Strided, reversed, Fortran-ordered and read-only arrays, and numbers in place of 0-d arrays, give the same "
    "answer.",
    "Upstreams arrive transposed and sliced; a kernel that assumes contiguous memory reads the wrong elements.",
    examine,
)
