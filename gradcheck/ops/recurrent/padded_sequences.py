"""Sequences of different lengths, padded to one: where the mask is zero, a step leaves the states as they are.

Backward, the upstream of a state that was left goes past the step to the time before.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.arrays import Values


def hold(step: Callable[..., Any]) -> Callable[..., Any]:
    """The step with a mask behind its entry, (N,): zero holds the states of that row."""

    def held(x: Values, mask: Values, *others: Values) -> tuple[tuple[Values, ...], Any]:
        after, cache = step(x, *others)
        moves = mask[:, None] == 1
        return tuple(np.where(moves, new, old) for new, old in zip(after, others, strict=False)), (cache, moves)

    return held


def hold_back(pull: Callable[..., Any]) -> Callable[..., Any]:
    """The backward of a step with a mask, which has no gradient."""

    def held(*arguments: Any) -> tuple[Values, ...]:
        *upstreams, (inner, moves) = arguments
        dx, *others = pull(*(np.where(moves, dy, 0) for dy in upstreams), inner)
        past = (dstate + np.where(moves, 0, dy) for dstate, dy in zip(others, upstreams, strict=False))
        return dx, *past, *others[len(upstreams) :]

    return held
