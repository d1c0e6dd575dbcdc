"""Through time: a step applied at every time, each from the states that the one before left, forward and backward.

A step is the forward of a layer of one time: its inputs are what enters at that time, then the states, then the
weights; its outputs are the states after it, in a tuple.  Its backward takes their upstreams one by one.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck.arrays import Values

States = tuple[Values, ...]


def scan(
    step: Callable[..., Any], entries: Sequence[Values], states: States, weights: States
) -> tuple[States, list[Any]]:
    """The states after every time, each (N, T, H), and the cache of every step.  entries: each (N, T, …); states: those
    before the first time, each (N, H); weights: the same at all times."""
    after, caches = [], []
    for t in range(entries[0].shape[1]):
        states, cache = step(*(entry[:, t] for entry in entries), *states, *weights)
        after.append(states)
        caches.append(cache)
    return tuple(np.stack(part, axis=1) for part in zip(*after, strict=True)), caches


def scan_back(pull: Callable[..., Any], upstreams: States, caches: list[Any]) -> tuple[Values, ...]:
    """Backward through time: each state's gradient is its own upstream and what the next time hands back; weights add
    up over all times.  pull: from the upstream of each state and a cache; upstreams: of each state, (N, T, H)
    → gradients of the first entry, (N, T, …), of the states before the first time, and of the weights."""
    count = len(upstreams)
    states = [np.zeros(dy.shape[::2], dy.dtype) for dy in upstreams]
    entries, weights = [], []
    for t in reversed(range(len(caches))):
        upstream = (dy[:, t] + dstate for dy, dstate in zip(upstreams, states, strict=True))
        dentry, *others = pull(*upstream, caches[t])
        states = others[:count]
        entries.append(dentry)
        weights.append(others[count:])
    return np.stack(entries[::-1], axis=1), *states, *(np.sum(parts, axis=0) for parts in zip(*weights, strict=True))


def put_in_tuple(step: Callable[..., Any]) -> Callable[..., Any]:
    """The forward of a step of one state, with that state in a tuple."""

    def forward(*inputs: Values, **settings: Any) -> tuple[States, Any]:
        state, cache = step(*inputs, **settings)
        return (state,), cache

    return forward


def take_apart(pull: Callable[..., Any]) -> Callable[..., Any]:
    """The backward of a step of several states, which wants their upstreams in a tuple, for upstreams one by one."""
    return lambda *arguments: pull(arguments[:-1], arguments[-1])
