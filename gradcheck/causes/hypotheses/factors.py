"""Hypotheses of a factor that is the same for all elements."""

from collections.abc import Iterator

from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.wrong_case import WrongCase

WRONG_SIGN = Cause("sign", "it has the wrong sign", "Negate it.")


def propose_sign(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient has the wrong sign."""
    yield Hypothesis(WRONG_SIGN, -case.expected(i).value)
