"""The causes of a wrong gradient: those that reproduce it in every case looked at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.registry import HYPOTHESES
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.declaration.op import Op

FEWEST_WRONG = 3
"""Cases with the mistake in which a cause must be told from a right gradient."""
MOST_WRONG = 6
"""Cases with the mistake that are looked at."""
MOST_RIGHT = 4
"""Cases without the mistake that are looked at."""


@dataclass(frozen=True)
class Explanation:
    """The causes that reproduce a wrong gradient in each of the cases.  causes: the simplest first.  wrong, right: the
    number of cases with and without the mistake in which they were tried."""

    causes: tuple[Cause, ...]
    wrong: int
    right: int


def explain_gradient(op: Op, label: str, seed: int) -> Explanation:
    """Explain the wrong gradient of an input."""
    wrong, right = collect_cases(draw_telling_cases(op, seed), label)
    causes = find_causes([*wrong, *right], label) if len(wrong) >= FEWEST_WRONG else ()
    return Explanation(tuple(causes), len(wrong), len(right))


def collect_cases(drawn: Iterable[WrongCase], label: str) -> tuple[list[WrongCase], list[WrongCase]]:
    """Collect up to MOST_WRONG cases in which the gradient of an input is wrong, and up to MOST_RIGHT in which it is
    right."""
    wrong, right = list[WrongCase](), list[WrongCase]()
    for case in drawn:
        if label in case.labels:
            (wrong if case.is_wrong(case.labels.index(label)) else right).append(case)
        if len(wrong) == MOST_WRONG:
            break
    return wrong, right[:MOST_RIGHT]


def find_causes(cases: Sequence[WrongCase], label: str) -> Iterator[Cause]:
    """Yield the causes that reproduce the gradient of an input in all cases, in the order in which they are proposed
    for the first."""
    survivors = list(dict.fromkeys(propose_matching(cases[0], label)))
    for case in islice(cases, 1, None):
        if not survivors:
            return
        found = set(propose_matching(case.suspecting(survivors), label))
        survivors = [cause for cause in survivors if cause in found]
    yield from survivors


def propose_matching(case: WrongCase, label: str) -> Iterator[Cause]:
    """Yield the causes that reproduce the gradient of an input in one case."""
    i = case.labels.index(label)
    yield from (h.cause for propose in HYPOTHESES for h in propose(case, i) if is_reproduced(case, i, h))


def is_reproduced(case: WrongCase, i: int, hypothesis: Hypothesis) -> bool:
    """Whether backward returned what it would return by a hypothesis."""
    return case.is_claimed(i, hypothesis.gradient)
