"""Sequences one behind the other: where the continuation marker is zero a new one begins, and the states before it are
taken for zero.  Source: Caffe, recurrent_layer.hpp."""

from collections.abc import Callable
from typing import Any

from gradcheck.arrays import Values


def restart(step: Callable[..., Any], count: int) -> Callable[..., Any]:
    """The step of so many states with a marker behind its entry, (N,): zero has that row start from zero."""

    def restarted(x: Values, cont: Values, *others: Values) -> tuple[Any, Any]:
        states = tuple(cont[:, None] * state for state in others[:count])
        outputs, cache = step(x, *states, *others[count:])
        return outputs, (cache, cont)

    return restarted


def restart_back(pull: Callable[..., Any]) -> Callable[..., Any]:
    """The backward of a step with a marker, which has no gradient: nothing goes back to the sequence before."""

    def restarted(*arguments: Any) -> tuple[Values, ...]:
        *upstreams, (inner, cont) = arguments
        dx, *others = pull(*upstreams, inner)
        before = (cont[:, None] * dstate for dstate in others[: len(upstreams)])
        return dx, *before, *others[len(upstreams) :]

    return restarted
