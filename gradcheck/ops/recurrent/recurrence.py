"""A recurrence over time as references write it: under NumPy, under JAX, and with arrays of other kinds."""

from collections.abc import Callable
from typing import Any

from gradcheck.declaration.array_api import namespace


def recur(step: Callable[..., Any], states: tuple[Any, ...], *entries: Any) -> tuple[Any, ...]:
    """states_t = step(states_{t-1}, *entries_t).  states: those before the first time, each (N, …); entries: each
    (N, T, …) → the states after every time, each (N, T, …)."""
    xp = namespace(entries[0])
    over_time = [xp.moveaxis(entry, 1, 0) for entry in entries]
    if getattr(xp, "__name__", "") == "jax.numpy":
        from jax import lax  # its scan runs for a number of times that is a symbol, as a loop of Python cannot

        return tuple(
            xp.moveaxis(rows, 0, 1) for rows in lax.scan(lambda s, e: (step(s, *e),) * 2, states, over_time)[1]
        )
    after = []
    for t in range(entries[0].shape[1]):
        states = step(states, *(entry[t] for entry in over_time))
        after.append(states)
    return tuple(xp.stack(list(part), axis=1) for part in zip(*after, strict=True))
