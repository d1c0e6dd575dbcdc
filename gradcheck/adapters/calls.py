"""The forward and backward of an Op, made from code that is called by parameter names."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.adapters.parameters import FixedValue, ParameterDict

Arguments = Mapping[str, Any]
RunFunction = Callable[[Arguments], tuple[tuple[Any, ...], Any]]
PullFunction = Callable[[tuple[Any, ...], Any], Any]


@dataclass(frozen=True)
class BackwardContext:
    """The data that backward needs: the cache of the code, and the lengths that gradients are averaged over."""

    cache: Any
    averaged: tuple[int, ...]


@dataclass(frozen=True)
class Calls:
    """The calls of some code.

    names: the inputs, in the order of the op.  differentiable: whether each has a gradient.
    rest: the parameters that are no inputs.
    averaged: for each input, which axis of which input its gradient is an average over; None for none.
    several: whether the last of the names stands for any number of arrays.
    drops: whether gradients for inputs that are not differentiable are dropped.
    """

    run: RunFunction
    pull: PullFunction
    names: tuple[str, ...]
    differentiable: tuple[bool, ...]
    rest: Mapping[str, Any]
    averaged: tuple[tuple[int, int] | None, ...]
    several: bool = False
    drops: bool = False

    def arguments(self, arrays: Sequence[Any], settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return all arguments by name; dictionaries and other values are new for every call."""
        last = len(self.names) - 1
        given = (*arrays[:last], tuple(arrays[last:])) if self.several else arrays
        inputs = dict(zip(self.names, given, strict=True))
        return inputs | {name: resolve_parameter(name, declared, settings) for name, declared in self.rest.items()}

    def forward(self, *arrays: Any, **settings: Any) -> tuple[Any, BackwardContext]:
        """Run forward as an Op's: return the output, or a tuple of several, and the cache."""
        outputs, cache = self.run(self.arguments(arrays, settings))
        lengths = tuple(arrays[place[0]].shape[place[1]] if place else 1 for place in self.averaged)
        return outputs if len(outputs) > 1 else outputs[0], BackwardContext(cache, lengths)

    def backward(self, upstream: Any, held: BackwardContext) -> tuple[Any, ...]:
        """Run backward as an Op's: return one gradient, or None, for each input."""
        upstreams = upstream if isinstance(upstream, tuple) else (upstream,)
        gradients = align_gradients(self.pull(upstreams, held.cache), self.names, self.differentiable)
        if self.drops:
            gradients = tuple(map(self.drop_gradient, range(len(gradients)), gradients))
        if not any(self.averaged):
            return gradients
        pairs = zip(gradients, held.averaged, strict=False)
        return tuple(g if g is None or length == 1 else g * length for g, length in pairs)

    def drop_gradient(self, i: int, gradient: Any) -> Any:
        """Return gradient i, None where its input is not differentiable; members of a Several are the last inputs."""
        return gradient if self.differentiable[min(i, len(self.differentiable) - 1)] else None

    def build_functions(self, computed_at: Any, written_at: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """Return forward and backward as functions of the module in which the gradient is written, with the locations
        of the original functions."""

        def forward(*arrays: Any, **settings: Any) -> Any:
            return self.forward(*arrays, **settings)

        def backward(upstream: Any, held: BackwardContext) -> Any:
            return self.backward(upstream, held)

        pairs: tuple[tuple[Any, Any], ...] = ((forward, computed_at), (backward, written_at))
        for function, written in pairs:
            function.__module__ = getattr(written_at, "__module__", None) or ""
            function.written_at = written
        return forward, backward


def resolve_parameter(name: str, declared: Any, settings: Mapping[str, Any]) -> Any:
    """Return the value of a parameter that is no input."""
    if isinstance(declared, FixedValue):
        return copy.deepcopy(declared.value)
    if isinstance(declared, ParameterDict):
        return {key: settings[key] if key in settings else copy.deepcopy(v) for key, v in declared.items.items()}
    return settings[name]


def align_gradients(gradients: Any, names: Sequence[str], differentiable: Sequence[bool]) -> tuple[Any, ...]:
    """Return one gradient for each input: by name where they are named, and None for inputs without one."""
    if isinstance(gradients, Mapping):
        return tuple(find_gradient_by_name(gradients, name) for name in names)
    listed = tuple(gradients) if isinstance(gradients, (tuple, list)) else (gradients,)
    if len(listed) == sum(differentiable) < len(names):
        remaining = iter(listed)
        return tuple(next(remaining) if has_gradient else None for has_gradient in differentiable)
    return listed


def find_gradient_by_name(gradients: Mapping[Any, Any], name: str) -> Any:
    """Return the gradient of an input from a mapping by names: its own name, or one with d or grad."""
    spellings = (name, f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad")
    return next((gradients[s] for s in spellings if s in gradients), None)
