"""The two directions of time, one at a time or both."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.ops.recurrent.scan import States, scan, scan_back

DIRECTIONS = ("forward", "backward")


def turn(x: Values, direction: str) -> Values:
    """A sequence, (N, T, …), in the order in which this direction runs through it, or back."""
    return x if direction == "forward" else x[:, ::-1]


def scan_both(step: Callable[..., Any], x: Values, states: States, weights: States) -> tuple[States, list[list[Any]]]:
    """Each state after every time, forward beside backward: (N, T, 2*H), and the caches of both directions.  states and
    weights: those of both directions, stacked: (2, …)."""
    after, caches = [], []
    for k, direction in enumerate(DIRECTIONS):
        found, kept = scan(step, (turn(x, direction),), tuple(s[k] for s in states), tuple(w[k] for w in weights))
        after.append([turn(state, direction) for state in found])
        caches.append(kept)
    return tuple(np.concatenate(pair, axis=-1) for pair in zip(*after, strict=True)), caches


def scan_both_back(pull: Callable[..., Any], upstreams: States, caches: list[list[Any]]) -> tuple[Values, ...]:
    """Each direction takes its half of the upstreams; both add to x, each has states and weights of its own."""
    halves = zip(*(np.split(dy, 2, axis=-1) for dy in upstreams), strict=True)
    dxs, others = [], []
    for direction, half, kept in zip(DIRECTIONS, halves, caches, strict=True):
        dx, *rest = scan_back(pull, tuple(turn(dy, direction) for dy in half), kept)
        dxs.append(turn(dx, direction))
        others.append(rest)
    return dxs[0] + dxs[1], *(np.stack(pair) for pair in zip(*others, strict=True))
