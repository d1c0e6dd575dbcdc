"""purity: arrays of the caller are not modified, results share no memory, and equal calls give equal results.

A caller may call forward with other values, shapes and settings before backward, call backward again, at another point
and with the same cache, keep every array that it was given, and overwrite outputs once it has them.  It may not change
an input or the cache before backward is done.

What comes of it decides whether it fails:

| what the code does | status |
|---|---|
| forward or backward changes an input, backward changes its upstream | failed: the caller's array |
| another answer when it is called again: random draws, state, a cache that backward has spoiled | failed |
| backward changes its cache, and gives the same answer when it is called again, or raises | warning |
| another answer after calls with other shapes, settings and values: a buffer that is filled for some of them | failed |
| a gradient changes when backward is called again: a buffer that is handed out | failed |
| backward reads an output that the caller may have overwritten | warning |
| a gradient shares memory with the upstream, an input, the cache or another gradient | warning |
| forward or backward changes a copy of its own | nothing |
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import Any

import numpy as np

from gradcheck.arrays import Gradients, Point, is_identical
from gradcheck.causes.impurities import draws_at_random, is_learning_step
from gradcheck.declaration.op import Op
from gradcheck.evaluation.cache_snapshot import list_cached_arrays
from gradcheck.evaluation.evaluator import (
    COPIED_ANEW,
    CacheChange,
    Evaluator,
    Malformed,
    UserError,
    WatchedCall,
    have_equal_gradients,
)
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.calls_elsewhere import call_at_other_shapes, call_with_other_settings
from gradcheck.laws.findings import make_finding
from gradcheck.laws.law import Law
from gradcheck.records.case import Case
from gradcheck.records.demonstration import PLAIN_CALL, Demonstration
from gradcheck.records.results import Finding
from gradcheck.records.status import Status

ANOTHER_ANSWER = "gives another answer after calls with other shapes, settings and values"
RANDOMNESS_CHECK_CALLS = 8
"""Calls that distinguish a forward that draws at random from one that does not: in two calls, a random bit is equal in
half of the cases."""


class Impurity(Enum):
    """The ways in which a call is not pure, the worst first, each with its hint."""

    CHANGES_ARRAYS = "Work on a copy: the caller still needs it."
    KEEPS_STATE = "Keep what backward needs in the cache that forward returns, not in a global or in the object."
    HANDS_OUT_BUFFER = "Return a new array: the caller keeps it while backward is called again."
    CANNOT_BE_REPEATED = (
        "Pass random draws in as inputs, or draw none, as a module does after eval(); keep no state between calls."
    )
    SPOILS_CACHE = "Work on a copy of what is in the cache: backward may be called again with it."
    CHANGES_CACHE = "Work on a copy of what is in the cache, unless backward is called once for each forward."
    READS_OUTPUT = "Keep a copy in the cache where the caller may overwrite an output, as a layer that works in place."
    SHARES_MEMORY = "Return a copy: whoever adds to the one changes the other."


HARMLESS_IMPURITIES = frozenset({Impurity.CHANGES_CACHE, Impurity.READS_OUTPUT, Impurity.SHARES_MEMORY})
"""Those that change no answer and no array of the caller: they are warnings."""


CAUSE_NAMES = {
    Impurity.CHANGES_ARRAYS: "array-changed",
    Impurity.KEEPS_STATE: "state-kept",
    Impurity.HANDS_OUT_BUFFER: "buffer-handed-out",
    Impurity.CANNOT_BE_REPEATED: "random-draws",
    Impurity.SPOILS_CACHE: "cache-corrupted",
}
"""The names of the causes in the catalogue."""

UPDATE_HINT = "Return its gradient alone, and let the optimiser update it behind backward."
"""How to correct a parameter that is updated inside."""


@dataclass(frozen=True)
class Complaint:
    """One way in which the code under test is not pure, in words."""

    kind: Impurity
    words: str
    demonstration: Demonstration = PLAIN_CALL


CACHE_COMPLAINTS = {
    CacheChange.NONE: (),
    CacheChange.SAME_ANSWER: (Complaint(Impurity.CHANGES_CACHE, "backward changes its cache"),),
    CacheChange.OTHER_ANSWER: (
        Complaint(
            Impurity.SPOILS_CACHE,
            "backward changes its cache, and gives another answer when it is called again with it",
        ),
    ),
}


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Watch one call, repeat it under another global random state, and run another one in between.  Abstains where
    the cache cannot be watched and nothing else is wrong."""
    with preserve_global_random_state():
        np.random.seed(1)  # noqa: NPY002
        call = evaluator.watch_call(case.point, case.upstream)
        is_repeated = case.is_large and evaluator.remembers_results(call.outputs, call.gradients)
        if case.is_large:
            call = replace(call, outputs=(), gradients=())  # the remembered ones are the same, or it is made again
        find = find_impure_answers if is_repeated else find_unrepeatable_answers
        complaints = [
            *(Complaint(Impurity.CHANGES_ARRAYS, words) for words in call.changed),
            *find(case, evaluator, call),
            *CACHE_COMPLAINTS[call.cache_change],
            *(Complaint(Impurity.SHARES_MEMORY, words) for words in call.shared_memory),
        ]
    if not complaints:
        return Observation(abstained=call.unwatched_reason)
    kinds = {complaint.kind for complaint in complaints}
    claim = "; ".join(complaint.words for complaint in complaints)
    status = Status.WARNING if kinds <= HARMLESS_IMPURITIES else Status.FAILED
    hint, shown = complaints[0].kind.value, complaints[0].demonstration
    finding = make_finding(op, "purity", case, claim, status=status, hint=hint, demonstration=shown)
    finding = replace(finding, cause_name=CAUSE_NAMES.get(complaints[0].kind, ""))
    return Observation((finding,), unrepeatable=Impurity.CANNOT_BE_REPEATED in kinds)


def find_impure_answers(case: Case, evaluator: Evaluator, call: WatchedCall) -> Iterator[Complaint]:
    """Yield what is not pure in the answers of a large case, which gave them twice; after few calls, unless these give
    reason for more."""
    if not repeats_interleaved(evaluator):
        yield from find_unrepeatable_answers(case, evaluator, call)
    elif call.shares_outputs:
        yield from find_overwritten_output(case, evaluator, evaluator.gradients(case.point, case.upstream))


def repeats_interleaved(evaluator: Evaluator) -> bool:
    """Whether the answers are the same under another global random state, and beside a call at another point."""
    with suppress(UserError, Malformed):
        np.random.seed(2)  # noqa: NPY002
        return evaluator.repeats_interleaved(make_other_point(evaluator))
    return False


def find_unrepeatable_answers(case: Case, evaluator: Evaluator, call: WatchedCall) -> Iterator[Complaint]:
    """Yield the first result that differs between equal calls.  call: watched under the global random state of the
    seed 1."""
    if case.is_large:
        np.random.seed(1)  # noqa: NPY002
        outputs, gradients = evaluator.results(case.point, case.upstream, COPIED_ANEW)
        call = replace(call, outputs=outputs, gradients=gradients)
    np.random.seed(2)  # noqa: NPY002
    again, cache = evaluator.forward(case.point, COPIED_ANEW)
    is_same_forward = all(map(is_identical, call.outputs, again))  # backward may write to what is in its cache
    other, between = interleave_other_call(evaluator, cache)
    if not is_same_forward:
        yield Complaint(Impurity.CANNOT_BE_REPEATED, "forward gives another answer when it is called again")
    elif not have_equal_gradients(call.gradients, between):
        yield explain_other_gradients(case, evaluator, call.gradients, other)
    else:
        yield from find_state_of_other_calls(case, evaluator, call, between, other)


def interleave_other_call(evaluator: Evaluator, cache: Any) -> tuple[Point, Gradients]:
    """Return another point, and the gradients for a cache when forward and backward also ran there before backward;
    where they raise there, the same point, and those after a second call at it."""
    case, other = evaluator.case, make_other_point(evaluator)
    try:
        return other, evaluator.interleave(cache, other, case.upstream)
    except UserError:
        _, cache = evaluator.forward(case.point, COPIED_ANEW)
        return case.point, evaluator.interleave(cache, case.point, case.upstream)


def find_state_of_other_calls(
    case: Case, evaluator: Evaluator, call: WatchedCall, between: Gradients, other: Point
) -> Iterator[Complaint]:
    """Yield what calls with other shapes and settings, later calls, and what the caller does with an output change of
    the results of a code that answers equal calls alike.  between: the gradients after a call at another point."""
    elsewhere = call_at_other_shapes(evaluator)
    call_with_other_settings(evaluator)
    evaluator.forward(other, COPIED_ANEW)
    shown = Demonstration(before=(*elsewhere, other))
    again, pulled = evaluator.results(case.point, case.upstream, COPIED_ANEW)
    is_same_forward = all(map(is_identical, call.outputs, again))
    if not (is_same_forward and have_equal_gradients(call.gradients, pulled)):
        words = f"{'backward' if is_same_forward else 'forward'} {ANOTHER_ANSWER}"
        random = find_random_draws(case, evaluator)
        yield random or Complaint(Impurity.KEEPS_STATE, words, shown)
    is_kept = have_equal_gradients(call.gradients, between) and not share_memory(between, pulled)
    if not is_kept and evaluator.overwrites_gradients(case.point, other, case.upstream):
        shown = Demonstration(between=other, keeps_gradients=True)
        yield Complaint(Impurity.HANDS_OUT_BUFFER, "a gradient changes when backward is called again", shown)
    if call.shares_outputs:
        yield from find_overwritten_output(case, evaluator, call.gradients)


def share_memory(gradients: Gradients, others: Gradients) -> bool:
    """Whether a gradient may share memory with that of another call."""
    pairs = zip(gradients, others, strict=True)
    return any(g is not None and h is not None and np.may_share_memory(g, h) for g, h in pairs)


def find_overwritten_output(case: Case, evaluator: Evaluator, gradients: Gradients) -> Iterator[Complaint]:
    """Yield the complaint that backward reads an output, if it does."""
    if reads_overwritten_output(case, evaluator, gradients):
        shown = Demonstration(overwrites_output=True)
        yield Complaint(Impurity.READS_OUTPUT, "backward reads an output that the caller may have overwritten", shown)


def reads_overwritten_output(case: Case, evaluator: Evaluator, gradients: Gradients) -> bool:
    """Whether backward returns other gradients, or raises, once the caller has overwritten an output."""
    try:
        overwritten = evaluator.pull_after_overwriting(case.point, case.upstream)
    except (UserError, Malformed):
        return True
    return overwritten is not None and not have_equal_gradients(gradients, overwritten)


def explain_other_gradients(case: Case, evaluator: Evaluator, gradients: Gradients, other: Point) -> Complaint:
    """Explain why backward returned other gradients after a call at another point: random draws, state, or results that
    cannot be repeated."""
    if random := find_random_draws(case, evaluator):
        return random
    if have_equal_gradients(gradients, evaluator.gradients(case.point, case.upstream, COPIED_ANEW)):
        words = "backward gives another answer when forward and backward ran somewhere else in between"
        return Complaint(Impurity.KEEPS_STATE, words, Demonstration(between=other))
    return Complaint(Impurity.CANNOT_BE_REPEATED, "backward gives another answer when it is called again")


def find_random_draws(case: Case, evaluator: Evaluator) -> Complaint | None:
    """Return the complaint that forward draws at random, where what it returns differs between equal calls in a row."""
    with preserve_global_random_state():
        calls = [evaluator.forward(case.point, COPIED_ANEW) for _ in range(RANDOMNESS_CHECK_CALLS)]
    first, *others = ([*outputs, *list_cached_arrays(cache)] for outputs, cache in calls)
    if all(len(first) == len(again) and all(map(is_identical, first, again)) for again in others):
        return None
    words = "forward draws at random: its cache is another one when it is called again"
    return Complaint(Impurity.CANNOT_BE_REPEATED, words)


def explain_finding(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return a finding with a more specific cause: a changed array as a parameter that is updated, an answer that
    cannot be repeated as one that draws at random or one that depends on earlier calls."""
    if finding.cause_name == CAUSE_NAMES[Impurity.CHANGES_ARRAYS]:
        changed = [label for label in op.inputs if re.search(rf" changes {re.escape(label)}(;|$)", finding.claim)]
        with preserve_global_random_state():
            is_step = bool(changed) and is_learning_step(op, changed[0])
        return replace(finding, cause_name="parameter-updated", hint=UPDATE_HINT) if is_step else finding
    kinds = {CAUSE_NAMES[kind]: kind for kind in (Impurity.KEEPS_STATE, Impurity.CANNOT_BE_REPEATED)}
    if finding.cause_name not in kinds:
        return finding
    with preserve_global_random_state():
        is_random = draws_at_random(op)
    known = {True: Impurity.CANNOT_BE_REPEATED, False: Impurity.KEEPS_STATE, None: kinds[finding.cause_name]}[is_random]
    return replace(finding, cause_name=CAUSE_NAMES[known], hint=known.value)


@contextmanager
def preserve_global_random_state() -> Iterator[None]:
    """Put NumPy's global generator aside meanwhile, since code under test may draw from it and seed it."""
    module: Any = np.random  # whose types leave these functions out
    before = module.get_bit_generator()
    module.set_bit_generator(make_other_generator())  # costs a hundredth of reading and writing its state
    try:
        yield
    finally:
        module.set_bit_generator(before)


@cache
def make_other_generator() -> np.random.MT19937:
    """Return the generator that code under test draws from meanwhile."""
    return np.random.MT19937(0)


def make_other_point(evaluator: Evaluator) -> Point:
    """Return another point of the same shapes, within the domain."""
    rows = zip(evaluator.input_declarations.domains, evaluator.case.point, evaluator.differentiable, strict=True)
    return tuple(domain.map(np.flip(a) + 1, {}) if moves else a for domain, a, moves in rows)


LAW = Law(
    "purity",
    "Inputs and upstreams stay untouched, and the same call gives the same answer, also when another one came in "
    "between.  It warns where the cache does not stay untouched, or gradients share memory with any of these or with "
    "each other.",
    "A changed upstream corrupts every other branch that uses it; a shared gradient changes when another is "
    "accumulated.",
    examine,
    is_structural=True,
    examines_large_cases=True,
    explain_finding=explain_finding,
    is_lenient=True,
)
