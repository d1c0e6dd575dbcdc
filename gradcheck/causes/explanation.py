"""The causes of a wrong gradient: those that reproduce it in every case looked at, and edits that make it right."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from time import thread_time

import numpy as np

from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.conditions import find_condition, find_value_condition, is_right_along_line
from gradcheck.causes.edits.lines import BearingLine, find_bearing_lines, find_specific_line
from gradcheck.causes.edits.search import BUDGET, FEWEST_ALONG, find_patches, find_patches_along_directions
from gradcheck.causes.edits.value_search import find_value_patch
from gradcheck.causes.generality import are_other_words, is_of_operation, measure_generality, says_more
from gradcheck.causes.lost_digits import find_lost_digits
from gradcheck.causes.module_state import describe_state, find_state_at_fault
from gradcheck.causes.places import describe_place, find_wrong_elements
from gradcheck.causes.registry import HYPOTHESES
from gradcheck.causes.telling_cases import draw_telling_cases, draw_telling_points
from gradcheck.causes.value_hypotheses import VALUE_HYPOTHESES
from gradcheck.causes.wrong_case import WrongCase, make_raised_case
from gradcheck.causes.wrong_value import VALUE_TOLERANCE, WrongValue
from gradcheck.declaration.op import Op
from gradcheck.formatting import pluralise
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case
from gradcheck.records.difference_map import DifferenceMap, make_difference_map
from gradcheck.records.patch import Patch

SEED = 0
"""Of the telling cases: one finding has one explanation."""

FEWEST_WRONG = 3
"""Cases with the mistake in which a cause must be told from a right gradient."""
MOST_WRONG = 6
"""Cases with the mistake that are looked at."""
MOST_RIGHT = 4
"""Cases without the mistake that are looked at."""

SECONDS_FOR_CASES = 2.5
"""Seconds of the processor after which no more cases are looked at than have to be."""

READ_FROM_NUMBERS = frozenset({"product-for-quotient"})
"""Causes that follow from the size of a factor alone, as k² too much does from a missing division by k²: an edit that
makes it right knows better."""

Correction = tuple[Cause, Patch]
"""A cause, and the edit of the line that has it."""


@dataclass(frozen=True)
class Explanation:
    """What is known of a wrong gradient.

    causes: those that reproduce it in all cases, the most specific first.  corrections: edits that make it right in all
    cases.  place: where it is wrong, "" where no words fit.  tried: the number of cases.  picture: the gradient in the
    first of them.  line: the line of backward that computes it, None where that is not known.  tried_of: the number of
    cases that could tell, for each cause of which not all could.
    """

    causes: tuple[Cause, ...] = ()
    corrections: tuple[Correction, ...] = ()
    place: str = ""
    tried: int = 0
    picture: DifferenceMap | None = None
    line: BearingLine | None = None
    tried_of: Mapping[Cause, int] = field(default_factory=dict)

    @property
    def named(self) -> tuple[Cause, ...]:
        """The causes that a person is told.  Where an edit makes it right: one, of the same name as that of the edit
        if there is such a one that is as specific as any; an array that is changed explains more than what comes of
        it.  Else the first, and beside it the first of another kind that
        is as specific, since nothing tells them apart."""
        if self.corrections:
            edited = self.corrections[0][0]
            if edited.name == "cache-corrupted":
                return (edited,)
            least = min(map(measure_generality, (edited, *self.causes)))
            known = [c for c in self.causes if measure_generality(c) == least]
            alike = [c for c in known if c.name == edited.name]
            others = [c for c in known if c.name not in READ_FROM_NUMBERS]
            said = [edited] if measure_generality(edited) == least and all(says_more(edited, c) for c in known) else []
            return ((*alike, *said, *others, edited)[0],)
        first = self.causes[:1]
        rivals = (c for c in self.causes for one in first if are_rivals(one, c))
        return (*first, *islice(rivals, 1))

    @property
    def name(self) -> str:
        """The name of the first cause in the catalogue; "" without one."""
        return self.named[0].name if self.named else ""

    @property
    def words(self) -> str:
        """The causes in words, and what they were tried on; without one the place; "" where nothing is known."""
        if self.named:
            said = "; or ".join(cause.words for cause in self.named)
            tried = min(self.tried_of.get(cause, self.tried) for cause in self.named)
            return f"{said} (so in all {tried} cases tried)" if tried > 1 else said
        return f"no known cause reproduces it; {self.place}" if self.place else ""

    @property
    def telling_picture(self) -> DifferenceMap | None:
        """The picture; None where a cause says it all, since every element is wrong."""
        is_mixed = self.picture is not None and not all(map(all, self.picture.wrong))
        return self.picture if is_mixed or not self.named else None

    @property
    def hint(self) -> str:
        """How to correct the first cause; "" without one, and where the patch says it."""
        is_patched = any(cause is self.named[0] for cause, _ in self.corrections) if self.named else True
        return "" if is_patched else self.named[0].hint

    @property
    def patch(self) -> Patch | None:
        """The edit that makes it right, None where none is known."""
        return self.corrections[0][1] if self.corrections else None


def explain_gradient(
    op: Op, label: str, others: Iterable[Case], own: Sequence[Case] = (), budget: float = BUDGET
) -> Explanation:
    """Explain the wrong gradient of an input; where backward raises on lengths that differ, the exception.

    others: cases of all shapes, in which it may be right.  own: those of the finding, in which it is wrong.  budget:
    the seconds of the processor that a search for edits may take."""
    with silence_warnings():
        drawn = draw_telling_cases(op, SEED)
        wrong, right = collect_cases(drawn, label)
        if len(wrong) < FEWEST_WRONG and (lost := find_lost_digits(op, label, own)):
            return Explanation((lost[0],), tried=lost[1])
        if not wrong:
            crash = explain_crash(op)
            large = () if crash.corrections else tuple(find_patches_along_directions(op, label, budget))
            return replace(crash, corrections=large, tried=FEWEST_ALONG) if large else crash
        tried, picture = len(wrong) + len(right), draw_picture(wrong[0], label)
        line = find_specific_line(find_bearing_lines(wrong[0], label))
        known = Explanation(tried=tried, picture=picture, line=line)
        if len(wrong) >= FEWEST_WRONG:
            if state := find_state_at_fault(wrong, label):
                edits = tuple(find_patches(op, label, [*wrong, *right], budget, state=state))
                return replace(known, causes=(describe_state(state),), corrections=edits)
            found = find_causes([*wrong, *right], label, (case for case in drawn if tells(case, label)))
            is_of_same = partial(shares_cause, [*wrong, *right], label, found)
            corrections = tuple(find_patches(op, label, [*wrong, *right], budget, is_of_same=is_of_same))
            if found or corrections:
                return replace(known, causes=tuple(found), corrections=corrections, tried_of=found)
        if under := find_condition(op, label, [*others, *draw_telling_points(op, SEED)]):
            condition, judged = under
            return replace(known, causes=(condition,), tried=judged)
        return replace(known, place=describe_wrong_place(wrong, label))


def explain_crash(op: Op) -> Explanation:
    """Explain that backward raises on inputs of different lengths: by an edit after which it does not, and all
    gradients are right."""
    with silence_warnings():
        drawn = (make_raised_case(op, case) for case in draw_telling_points(op, SEED))
        raised = [*islice((case for case in drawn if case is not None), MOST_WRONG)]
        if len(raised) < FEWEST_WRONG or not raised[0].differentiable:
            return Explanation()
        label = raised[0].labels[raised[0].differentiable[0]]
        return Explanation(corrections=tuple(find_patches(op, label, raised)), tried=len(raised))


def explain_value(op: Op, output: str, others: Iterable[Case] = ()) -> Explanation:
    """Explain the wrong value of an output, of which there is a reference.  others: cases of all shapes, in which it
    may be right."""
    i = op.outputs.index(output)
    with silence_warnings():
        cases = (WrongValue(op, case, i) for case in draw_telling_points(op, SEED))
        looked_at = list(islice((case for case in cases if case.expected is not None), MOST_WRONG + MOST_RIGHT))
        wrong = [case for case in looked_at if case.is_wrong]
        if len(wrong) < FEWEST_WRONG:
            return Explanation(tried=len(looked_at))
        first, expected = wrong[0].claimed, wrong[0].expected
        assert expected is not None
        picture = make_difference_map(
            first, expected, np.full(expected.shape, VALUE_TOLERANCE * np.max(np.abs(expected), initial=0.0))
        )
        ordered = [*wrong, *(case for case in looked_at if not case.is_wrong)]
        cause, patch = find_value_patch(ordered)
        corrections = ((cause, patch),) if cause and patch else ()
        causes = find_value_causes(ordered) or ([cause] if cause else [])
        if not causes and (under := find_value_condition(op, i, [*others, *(case.case for case in looked_at)])):
            return Explanation((under[0],), tried=under[1], picture=picture)
        return Explanation(tuple(causes), corrections, "", len(looked_at), picture)


def find_value_causes(cases: Sequence[WrongValue]) -> list[Cause]:
    """Return the causes that reproduce an output in all cases, in the order in which they are proposed."""
    found = [
        list(dict.fromkeys(h.cause for propose in VALUE_HYPOTHESES for h in propose(c) if c.is_claimed(h.value)))
        for c in cases
    ]
    return [cause for cause in found[0] if all(cause in others for others in found)]


def draw_picture(case: WrongCase, label: str) -> DifferenceMap | None:
    """Draw the gradient of an input beside the expected one; None where they have other shapes, or show nothing."""
    i = case.labels.index(label)
    claimed, expected = case.claimed[i], case.expected(i)
    return None if claimed is None else make_difference_map(claimed, expected.value, case.tolerance(i))


def describe_wrong_place(wrong: Sequence[WrongCase], label: str) -> str:
    """Describe where a gradient is wrong: in words that fit all cases, and the number of its elements in the first."""
    first = find_wrong_elements(wrong[0], wrong[0].labels.index(label))
    if first is None:
        return ""
    place = describe_place(wrong, label)
    return f"wrong at {int(first.sum())} of {pluralise(first.size, 'element')}" + (f": {place}" if place else "")


def collect_cases(
    drawn: Iterable[WrongCase], label: str, clock: Callable[[], float] = thread_time
) -> tuple[list[WrongCase], list[WrongCase]]:
    """Collect up to MOST_WRONG cases in which the gradient of an input is wrong, and up to MOST_RIGHT in which it is
    right; of slow code FEWEST_WRONG in which it is wrong.  Those in which it is not known tell nothing."""
    wrong, right = list[WrongCase](), list[WrongCase]()
    started = clock()
    for case in drawn:
        if len(right) >= MOST_RIGHT and is_right_along_line(case.op, label, case.case):
            continue
        if tells(case, label):
            (wrong if case.is_wrong(case.labels.index(label)) else right).append(case)
        enough = FEWEST_WRONG if clock() - started > SECONDS_FOR_CASES else MOST_WRONG
        if len(wrong) >= enough:
            break
    return wrong, right[:MOST_RIGHT]


def tells(case: WrongCase, label: str) -> bool:
    """Whether it is known in a case what the gradient of an input must be."""
    return label in case.labels and bool(np.isfinite(case.expected(case.labels.index(label)).error).all())


def are_rivals(first: Cause, other: Cause) -> bool:
    """Whether two causes are different mistakes of which one is as likely: as specific, and not both operations of the
    forward, of which several along one chain come to the same."""
    if are_other_words(first, other) or measure_generality(first) != measure_generality(other):
        return False
    return not (is_of_operation(first) and is_of_operation(other))


def find_causes(cases: Sequence[WrongCase], label: str, further: Iterable[WrongCase] = ()) -> dict[Cause, int]:
    """Find the causes that reproduce the gradient of an input in all cases, and in how many cases each was tried: in at
    least FEWEST_WRONG in which it is wrong, for which up to MOST_WRONG of the further cases are looked at.  The most
    specific stand first; else they are in the order in which they are proposed for the first case."""
    i = cases[0].labels.index(label)
    survivors = match_causes(cases[0], i)
    tried, tried_wrong = dict.fromkeys(survivors, 0), dict.fromkeys(survivors, 0)
    for k, case in enumerate(chain(cases, islice(further, MOST_WRONG))):
        if not survivors or (k >= len(cases) and all(tried_wrong[cause] >= FEWEST_WRONG for cause in survivors)):
            break
        found = match_causes(case.suspecting(survivors), i) if k else survivors
        survivors = {cause: found[cause] for cause in survivors if cause in found}
        for cause, is_tried in survivors.items():
            tried[cause] += is_tried
            tried_wrong[cause] += is_tried and case.is_wrong(i)
    known = [cause for cause in survivors if tried_wrong[cause] >= FEWEST_WRONG]
    return {cause: tried[cause] for cause in sorted(known, key=measure_generality)}


def shares_cause(cases: Sequence[WrongCase], label: str, known: Iterable[Cause], j: int) -> bool:
    """Whether the gradient of input j is wrong by one of the causes that are known of that of another input."""
    wrong = [case for case in cases if j < len(case.labels) and case.is_wrong(j)]
    if not wrong or label == wrong[0].labels[j]:
        return False
    causes = [set(match_causes(case.suspecting(known), j)) & set(known) for case in wrong[:FEWEST_WRONG]]
    return bool(set.intersection(*causes))


def match_causes(case: WrongCase, i: int) -> dict[Cause, bool]:
    """Return the causes that reproduce the gradient of input i in one case, and whether it could tell."""
    found = dict[Cause, bool]()
    for hypothesis in (h for propose in HYPOTHESES for h in propose(case, i)):
        if is_reproduced(case, i, hypothesis):
            found[hypothesis.cause] = found.get(hypothesis.cause, False) or hypothesis.is_tried
    return found


def is_reproduced(case: WrongCase, i: int, hypothesis: Hypothesis) -> bool:
    """Whether backward returned what it would return by a hypothesis."""
    return case.is_claimed(i, hypothesis.gradient)
