"""A cause, and the hypotheses that may come to one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.arrays import Values

if TYPE_CHECKING:
    from gradcheck.causes.wrong_case import WrongCase


@dataclass(frozen=True)
class Cause:
    """A mistake that explains a wrong result.  Two cases have the same cause where these are equal, so that no word of
    it depends on the case.

    name: of its page in the catalogue, such as "sum-missing".  words: the mistake in this op, without a full stop.
    hint: how to correct it, as a sentence.
    """

    name: str
    words: str
    hint: str = ""


@dataclass(frozen=True)
class Hypothesis:
    """A cause, and the gradient that backward would return by it: of the shape that it would have.

    is_tried: False where the case cannot tell, so that the gradient is the claimed one: it refutes nothing then, and
    does not count.
    """

    cause: Cause
    gradient: Values
    is_tried: bool = True


Propose = Callable[["WrongCase", int], Iterator[Hypothesis]]
"""propose(case, i): the hypotheses of one kind for the gradient of input i, the simplest first.  Numbers that a
hypothesis leaves open may be fitted to the claimed gradient, and are then part of the cause's words."""
