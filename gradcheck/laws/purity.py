"""purity: inputs and cache are not modified, results share no memory, and equal calls give equal results."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from gradcheck.arrays import Gradients, Point, is_identical
from gradcheck.declaration.op import Op
from gradcheck.evaluation.cache_snapshot import list_cached_arrays
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.findings import make_finding
from gradcheck.laws.law import Law
from gradcheck.records.case import Case
from gradcheck.records.status import Status

RANDOMNESS_CHECK_CALLS = 8
"""Calls that distinguish a forward that draws at random from one that does not: in two calls, a random bit is equal in
half of the cases."""


class Impurity(Enum):
    """The ways in which a call is not pure, each with its hint."""

    CHANGES_ARRAYS = "Work on a copy: the caller still needs it."
    SHARES_MEMORY = "Return a copy: whoever adds to the one changes the other."
    KEEPS_STATE = "Keep what backward needs in the cache that forward returns, not in a global or in the object."
    CANNOT_BE_REPEATED = (
        "Pass random draws in as inputs, or draw none, as a module does after eval(); keep no state between calls."
    )


@dataclass(frozen=True)
class Complaint:
    """One way in which the code under test is not pure, in words."""

    kind: Impurity
    words: str


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Watch one call, repeat it under another global random state, and run another forward in between.  Abstains where
    the cache cannot be watched and nothing else is wrong."""
    call = evaluator.watch_call(case.point, case.upstream)
    complaints = [
        *(Complaint(Impurity.CHANGES_ARRAYS, words) for words in call.changed),
        *(Complaint(Impurity.SHARES_MEMORY, words) for words in call.shared_memory),
        *find_unrepeatable_answers(case, evaluator),
    ]
    if not complaints:
        return Observation(abstained=call.unwatched_reason)
    claim = "; ".join(complaint.words for complaint in complaints)
    status = Status.WARNING if all(c.kind is Impurity.SHARES_MEMORY for c in complaints) else Status.FAILED
    return Observation((make_finding(op, "purity", case, claim, status=status, hint=complaints[0].kind.value),))


def find_unrepeatable_answers(case: Case, evaluator: Evaluator) -> Iterator[Complaint]:
    """Yield the first result that differs between equal calls."""
    with preserve_global_random_state():
        np.random.seed(1)  # noqa: NPY002
        outputs, cache = evaluator.forward(case.point, COPIED_ANEW)
        gradients = evaluator.gradients(case.point, case.upstream, COPIED_ANEW)
        np.random.seed(2)  # noqa: NPY002
        again = evaluator.outputs(case.point, COPIED_ANEW)
        between = evaluator.interleave(case.point, make_other_point(evaluator), case.upstream)
    if not all(map(is_identical, outputs, again)):
        yield Complaint(Impurity.CANNOT_BE_REPEATED, "forward gives another answer when it is called again")
    elif not are_identical_gradients(gradients, between):
        yield explain_other_gradients(case, evaluator, cache, gradients)


def explain_other_gradients(case: Case, evaluator: Evaluator, cache: Any, gradients: Gradients) -> Complaint:
    """Explain why backward returned other gradients after another forward: random draws, state, or results that cannot
    be repeated."""
    cached = list_cached_arrays(cache)
    with preserve_global_random_state():
        others = [
            list_cached_arrays(evaluator.forward(case.point, COPIED_ANEW)[1]) for _ in range(RANDOMNESS_CHECK_CALLS)
        ]
    if not all(len(cached) == len(other) and all(map(is_identical, cached, other)) for other in others):
        words = "forward draws at random: its cache is another one when it is called again"
        return Complaint(Impurity.CANNOT_BE_REPEATED, words)
    if are_identical_gradients(gradients, evaluator.gradients(case.point, case.upstream, COPIED_ANEW)):
        words = "backward gives another answer when forward ran somewhere else in between"
        return Complaint(Impurity.KEEPS_STATE, words)
    return Complaint(Impurity.CANNOT_BE_REPEATED, "backward gives another answer when it is called again")


def are_identical_gradients(gradients: Gradients, others: Gradients) -> bool:
    """Whether two calls gave bitwise equal gradients."""
    pairs = zip(gradients, others, strict=True)
    return all(is_identical(g, h) for g, h in pairs if g is not None and h is not None)


@contextmanager
def preserve_global_random_state() -> Iterator[None]:
    """Restore NumPy's global random state afterwards: code under test may draw from it."""
    before = np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


def make_other_point(evaluator: Evaluator) -> Point:
    """Return another point of the same shapes, within the domain."""
    rows = zip(evaluator.input_declarations.domains, evaluator.case.point, evaluator.differentiable, strict=True)
    return tuple(domain.map(np.flip(a) + 1, {}) if moves else a for domain, a, moves in rows)


LAW = Law(
    "purity",
    "Inputs, upstreams and cache stay untouched, gradients share no memory with them or with each other, and the "
    "same call gives the same "
    "answer, also when forward ran elsewhere in between.",
    "A changed upstream corrupts every other branch that uses it; a shared gradient changes when another is "
    "accumulated.",
    examine,
    is_structural=True,
)
