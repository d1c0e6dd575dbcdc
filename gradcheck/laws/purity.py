"""purity: nothing that was handed in changes, nothing that is handed out is shared, and the same call gives the same
answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from gradcheck.arrays import Point, is_identical
from gradcheck.declaration.op import Op
from gradcheck.evaluation.cache_snapshot import list_cached_arrays
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator
from gradcheck.laws.law import Law, Observation, make_finding
from gradcheck.records.case import Case

RANDOMNESS_CHECK_CALLS = 8
"""Calls that tell a forward that draws at random from one that does not: of two, one bit would be the same in half."""


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Watch one call, repeat it under other global random numbers, and run another forward in between.  Abstains where
    the cache cannot be watched and nothing else is wrong."""
    trial = evaluator.watch_call(case.point, case.upstream)
    answers = find_unrepeatable_answers(case, evaluator)
    complaints = [*trial.changed, *trial.shared_memory, *answers]
    findings = (
        (make_finding(op, "purity", case, "; ".join(complaints), hint=choose_purity_hint(complaints[0])),)
        if complaints
        else ()
    )
    abstained = "" if findings else trial.unwatched_reason
    return Observation(findings, harmless=not (trial.changed or answers), abstained=abstained)


def find_unrepeatable_answers(case: Case, evaluator: Evaluator) -> list[str]:
    """Answers that change from call to call."""
    with preserve_global_random_state():
        np.random.seed(1)  # noqa: NPY002
        outputs, cache = evaluator.forward(case.point, COPIED_ANEW)
        gradients = evaluator.gradients(case.point, case.upstream, COPIED_ANEW)
        np.random.seed(2)  # noqa: NPY002
        again = evaluator.outputs(case.point, COPIED_ANEW)
        between = evaluator.interleave(case.point, make_other_point(evaluator), case.upstream)
    if not all(map(is_identical, outputs, again)):
        return ["forward gives another answer when it is called again"]
    pairs = [(g, b) for g, b in zip(gradients, between, strict=True) if g is not None and b is not None]
    if all(is_identical(g, b) for g, b in pairs):
        return []
    kept = list_cached_arrays(cache)
    with preserve_global_random_state():
        others = [
            list_cached_arrays(evaluator.forward(case.point, COPIED_ANEW)[1]) for _ in range(RANDOMNESS_CHECK_CALLS)
        ]
    if not all(len(kept) == len(other) and all(map(is_identical, kept, other)) for other in others):
        return ["forward draws at random: its cache is another one when it is called again"]
    repeated = evaluator.gradients(case.point, case.upstream, COPIED_ANEW)
    if all(is_identical(g, r) for g, r in zip(gradients, repeated, strict=True) if g is not None and r is not None):
        return ["backward gives another answer when forward ran somewhere else in between"]
    return ["backward gives another answer when it is called again"]


@contextmanager
def preserve_global_random_state() -> Iterator[None]:
    """Code under test may draw from the global generator, whose state is kept."""
    before = np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


def make_other_point(evaluator: Evaluator) -> Point:
    """Another point of the same shapes, within the domain."""
    rows = zip(evaluator.input_declarations.domains, evaluator.case.point, evaluator.differentiable, strict=True)
    return tuple(domain.map(np.flip(a) + 1, {}) if moves else a for domain, a, moves in rows)


def choose_purity_hint(claim: str) -> str:
    """What to do about it."""
    if "shares memory" in claim:
        return "Return a copy: whoever adds to the one changes the other."
    if "in between" in claim:
        return "Keep what backward needs in the cache that forward returns, not in a global or in the object."
    if "again" in claim:
        return (
            "Pass random draws in as inputs, or draw none, as a module does after eval(); keep no state between calls."
        )
    return "Work on a copy: the caller still needs it."


LAW = Law(
    "purity",
    "Inputs, upstreams and cache stay untouched, gradients share no memory with them or with each other, and the "
    "same call gives the same "
    "answer, also when forward ran elsewhere in between.",
    "A changed upstream corrupts every other branch that uses it; a shared gradient changes when another is "
    "accumulated.",
    examine,
)
