"""The search for an edit of one statement after which a wrong gradient is right in every case.

Edits are tried from the likely to the far-fetched, those of the lines nearest to the gradient first.  Each is compiled
and run in one case, which rejects nearly all; what is left has to be right in the other cases, and then in cases that
were drawn anew.  A line counter ends loops that an edit made endless; whatever happens, the code is put back.
"""

import ast
import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import partial
from itertools import islice

import numpy as np

from gradcheck.arrays import Gradients
from gradcheck.causes.cause import Cause
from gradcheck.causes.edits.candidates import Candidate, rank_candidates
from gradcheck.causes.edits.editable_statements import EditableStatement, list_editable_statements
from gradcheck.causes.edits.edited_code import preserve_globals
from gradcheck.causes.edits.fresh_cases import MOST_ELEMENTS_FRESH, draw_fresh_cases
from gradcheck.causes.edits.setting_edits import name_by_settings
from gradcheck.causes.edits.trial import CaseTrial, CodeTrial, DirectionTrial, OrderedTrial
from gradcheck.causes.module_state import ModuleState
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Malformed, UserError
from gradcheck.isolation import GLOBAL_STATE_LOCK, silence_warnings
from gradcheck.records.case import Case
from gradcheck.records.patch import Patch

BUDGET = 2.5
"""Seconds of the processor that a search may take: a limit for slow code, while MOST_TRIALS ends the search in other
code, so that what is found does not depend on the machine."""
MOST_TRIALS = 2000
"""Edits that are tried."""
AFTER_FIRST = 150
"""Edits that are tried after the first that is right, in case a simpler one, or one for all inputs, follows."""
AFTER_PARTIAL = 1000
"""Edits that are tried after the first that leaves another gradient wrong."""
FEWEST_ALONG, SEED_ALONG = 4, 0
"""Wrong cases that are tried along a direction, and the seed of these."""
FEWEST_FRESH = 8
"""Fresh cases in which an edit is tried though time is up."""


@dataclass
class SearchCount:
    """What a search did.  trials: edits that were run.  seconds: how long it took, fresh cases apart."""

    trials: int = 0
    seconds: float = 0.0


@dataclass
class Survivor:
    """An edit that was right so far.  gradients: those of all inputs, in each case.  right: how many of these were
    right."""

    candidate: Candidate
    gradients: list[Gradients] = field(default_factory=list)
    right: int = 0

    def rate(self) -> tuple[float, ...]:
        """How good it is, the best the least: by the inputs that it makes right, then how likely it is,
        whether it takes away or exchanges, how near the line is, how short, and how little changed."""
        patch = self.candidate.make_patch(0)
        likeness = SequenceMatcher(None, patch.before, patch.after).ratio()
        adds = len(patch.after) > len(patch.before)
        tier = self.candidate.edit.tier + self.candidate.is_far_fetched
        return -self.right, tier, adds, self.candidate.of.distance, len(patch.after), -likeness


def find_patches(
    op: Op,
    label: str,
    cases: Sequence[WrongCase],
    budget: float = BUDGET,
    clock: Callable[[], float] = time.thread_time,
    count: SearchCount | None = None,
    is_of_same: Callable[[int], bool] = lambda j: False,
    state: ModuleState | None = None,
) -> list[tuple[Cause, Patch]]:
    """Find the edits of one statement after which the gradient of an input is right in all cases, the best first: the
    one that makes most other inputs right as well, then the simplest.

    cases: the wrong ones first.  budget: seconds, by a clock.  is_of_same: whether the gradient of another input is
    wrong by the same mistake: an edit of what is returned that leaves that one wrong only hides the mistake.  state:
    what is kept between calls, where the gradient is wrong for that.
    [] where there is no source, or no edit is right.  No edit is returned that makes a right gradient of another input
    wrong, or changes an output, in any case.
    """
    wrong = [case for case in cases if label in case.labels and case.is_wrong(case.labels.index(label))]
    if not wrong:
        return []
    make = partial(make_trials, cases, label) if state is None else partial(make_ordered_trial, cases, label, state)
    return search_edits(op, label, wrong[0], make, (budget, clock), count, is_of_same)


def find_patches_along_directions(
    op: Op, label: str, budget: float = BUDGET, clock: Callable[[], float] = time.thread_time
) -> list[tuple[Cause, Patch]]:
    """Find such edits where the inputs are too large for every element to be looked at: those that are right along a
    random direction.  [] where fewer than FEWEST_ALONG cases are wrong, or no edit is right."""
    cases = (case for case in draw_telling_points(op, SEED_ALONG) if case.elements <= MOST_ELEMENTS_FRESH)
    with prepare_trials():
        wrong = [*islice((case for case in cases if is_wrong_along(op, case, label)), FEWEST_ALONG)]
    if len(wrong) < FEWEST_ALONG:
        return []

    def make(statements: Sequence[EditableStatement]) -> list[DirectionTrial]:
        has_while = has_loops_on_conditions(statements)
        return [DirectionTrial(op, case, label, has_while) for case in sorted(wrong, key=lambda case: case.elements)]

    claimed = (None,) * len(wrong[0].point)
    return search_edits(op, label, WrongCase(op, wrong[0], claimed), make, (budget, clock), None)


def is_wrong_along(op: Op, case: Case, label: str) -> bool:
    """Whether backward returns a gradient of an input that is wrong along a direction."""
    if label not in case.inputs:
        return False
    try:
        trial = DirectionTrial(op, case, label, has_while=False)
    except (UserError, Malformed):
        return False
    return trial.before is not None and all(np.isfinite(y).all() for y in trial.outputs) and trial.judge() is None


def search_edits(
    op: Op,
    label: str,
    first: WrongCase,
    make: Callable[[Sequence[EditableStatement]], Sequence[CodeTrial]],
    limit: tuple[float, Callable[[], float]],
    count: SearchCount | None,
    is_of_same: Callable[[int], bool] = lambda j: False,
) -> list[tuple[Cause, Patch]]:
    """Search the statements that run in a case.  make: the trials, of the statements.  limit: seconds, and their
    clock."""
    (budget, clock), count = limit, count or SearchCount()
    started = clock()
    with prepare_trials():
        statements = list_editable_statements(first, label)
        with preserve_globals([function for one in statements for function, _ in one.unit.functions]):
            trials = make(statements)
            ranked = rank_candidates(statements) if trials else ()
            found = try_edits(ranked, trials, lambda: clock() - started > budget, count)
            count.seconds = clock() - started
            whole = [one for one in found if not hides_mistake(one, trials[0], is_of_same)]
            checked = try_fresh_cases(op, label, whole, statements, lambda: clock() - started > budget)
    return [(name_by_settings(op, one.candidate), one.candidate.make_patch(len(one.gradients))) for one in checked]


def hides_mistake(one: Survivor, trial: CodeTrial, is_of_same: Callable[[int], bool]) -> bool:
    """Whether an edit corrects a gradient only as it is returned, and leaves that of another input wrong in the first
    case, which is so by the same mistake."""
    if not one.candidate.adds_to_returned_name or not isinstance(trial, CaseTrial):
        return False
    return any(is_of_same(j) for j in trial.list_wrong(one.gradients[0]))


@contextmanager
def prepare_trials() -> Iterator[None]:
    """Run code under test without what it prints and warns; checks of other threads wait."""
    nowhere = io.StringIO()
    with GLOBAL_STATE_LOCK, silence_warnings(), redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


def make_trials(cases: Sequence[WrongCase], label: str, statements: Sequence[EditableStatement]) -> list[CaseTrial]:
    """Make the trials of cases, the smallest wrong one first."""
    has_while = has_loops_on_conditions(statements)
    trials = [CaseTrial(case, label, has_while) for case in cases]
    first = min(trials, key=lambda t: (not t.case.is_wrong(t.i), t.case.case.elements))
    return [first, *(trial for trial in trials if trial is not first)]


def make_ordered_trial(
    cases: Sequence[WrongCase], label: str, state: ModuleState, statements: Sequence[EditableStatement]
) -> list[OrderedTrial]:
    """Make the trial of cases one after the other; none where the code as it is passes it, and so tells nothing."""
    trial = OrderedTrial(make_trials(cases, label, statements), state)
    return [] if trial.judge() else [trial]


def has_loops_on_conditions(statements: Sequence[EditableStatement]) -> bool:
    """Whether the code has loops that an edit might make endless."""
    trees = {id(one.unit): one.unit.tree for one in statements}.values()
    return any(isinstance(node, ast.While) for tree in trees for node in ast.walk(tree))


def try_edits(
    candidates: Iterable[Candidate], trials: Sequence[CodeTrial], is_late: Callable[[], bool], count: SearchCount
) -> list[Survivor]:
    """Try edits in all cases, and return those that are right."""
    survivors, most = list[Survivor](), MOST_TRIALS
    for candidate in candidates:
        if count.trials >= most or is_late():
            break
        count.trials += 1
        survivor = try_candidate(candidate, trials)
        if survivor is not None:
            survivor.right = sum(t.count_right(g) for t, g in zip(trials[:2], survivor.gradients, strict=False))
            survivors.append(survivor)
            is_whole = survivor.right == sum(trial.most_right for trial in trials[:2])
            most = min(most, count.trials + (AFTER_FIRST if is_whole else AFTER_PARTIAL))
    return survivors


def try_candidate(candidate: Candidate, trials: Sequence[CodeTrial]) -> Survivor | None:
    """Try an edit in some cases; None where it is wrong in one, or no code."""
    survivor = Survivor(candidate)
    try:
        codes = candidate.compile()
        with candidate.of.unit.put_in_place(codes):
            for trial in trials:
                gradients = trial.judge()
                if gradients is None:
                    return None
                survivor.gradients.append(gradients)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not all(trial.keeps_others(g) for trial, g in zip(trials, survivor.gradients, strict=True)):
        return None
    return survivor


def try_fresh_cases(
    op: Op,
    label: str,
    survivors: Sequence[Survivor],
    statements: Sequence[EditableStatement],
    is_late: Callable[[], bool],
) -> list[Survivor]:
    """Try what is left in cases that were drawn anew, at least FEWEST_FRESH of them, and return one of those that are
    right in all: the one that makes most inputs right, then the most likely, then the shortest."""
    left = sorted(survivors, key=Survivor.rate)
    has_while = has_loops_on_conditions(statements)
    for k, case in enumerate(draw_fresh_cases(op, label) if left else ()):
        if not left or (k >= FEWEST_FRESH and is_late()):
            break
        try:
            trial = DirectionTrial(op, case, label, has_while)
        except (UserError, Malformed):
            continue  # the code as it is refuses what lies nearby
        if not all(np.isfinite(y).all() for y in trial.outputs):
            continue  # no gradient is right there
        again = [(survivor, try_candidate(survivor.candidate, [trial])) for survivor in left]
        left = [survivor for survivor, other in again if other is not None]
        for survivor, other in again:
            survivor.gradients += other.gradients if other else []
    return left[:1]
