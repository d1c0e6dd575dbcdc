"""The forward and backward of an Op, made from code that is called by parameter names."""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.adapters.parameters import FixedValue, ParameterDict
from gradcheck.declaration.origin import LEFT_OUT
from gradcheck.evaluation.returned_arrays import is_array_like

Arguments = Mapping[str, Any]
RunFunction = Callable[[Arguments], tuple[tuple[Any, ...], Any]]
PullFunction = Callable[[tuple[Any, ...], Any], Any]


@dataclass(frozen=True)
class BackwardContext:
    """The data that backward needs: the cache of the code, the lengths that gradients are averaged over, and the shape
    and dtype of each input that was left out, by name."""

    cache: Any
    averaged: tuple[int, ...]
    left_out: Mapping[str, tuple[tuple[int, ...], Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Calls:
    """The calls of some code.

    names: the inputs, in the order of the op.  differentiable: whether each has a gradient.
    rest: the parameters that are no inputs.
    averaged: for each input, which axis of which input its gradient is an average over; None for none.
    parameters: all parameters of the code, in their order; those of which backward may return a gradient.
    several: whether the last of the names stands for any number of arrays.
    drops: whether gradients for inputs that are not differentiable are dropped; those of the inputs that are ignored
    always are.
    """

    run: RunFunction
    pull: PullFunction
    names: tuple[str, ...]
    differentiable: tuple[bool, ...]
    rest: Mapping[str, Any]
    averaged: tuple[tuple[int, int] | None, ...]
    parameters: tuple[str, ...] = ()
    several: bool = False
    drops: bool = False
    ignored: frozenset[str] = frozenset()

    def arguments(self, arrays: Sequence[Any], settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return all arguments by name; dictionaries and other values are new for every call."""
        last = len(self.names) - 1
        given = (*arrays[:last], tuple(arrays[last:])) if self.several else arrays
        inputs = dict(zip(self.names, given, strict=True)) | dict.fromkeys(list_left_out(settings))
        rest = {name: resolve_parameter(name, declared, settings, inputs) for name, declared in self.rest.items()}
        inside = {label for declared in self.rest.values() for label in list_inner_labels(declared).values()}
        return {name: value for name, value in inputs.items() if name not in inside} | rest

    def forward(self, *arrays: Any, **settings: Any) -> tuple[Any, BackwardContext]:
        """Run forward as an Op's: return the output, or a tuple of several, and the cache."""
        outputs, cache = self.run(self.arguments(arrays, settings))
        lengths = tuple(arrays[place[0]].shape[place[1]] if place else 1 for place in self.averaged)
        absent = {n: describe_array(arrays[self.names.index(n)]) for n in list_left_out(settings)}
        return outputs if len(outputs) > 1 else outputs[0], BackwardContext(cache, lengths, absent)

    def backward(self, upstream: Any, held: BackwardContext) -> tuple[Any, ...]:
        """Run backward as an Op's: return one gradient, or None, for each input."""
        upstreams = upstream if isinstance(upstream, tuple) else (upstream,)
        gradients = self.align(self.pull(upstreams, held.cache), held.left_out)
        if self.drops or self.ignored:
            gradients = tuple(map(self.drop_gradient, range(len(gradients)), gradients))
        if not any(self.averaged):
            return gradients
        pairs = zip(gradients, held.averaged, strict=False)
        return tuple(g if length == 1 else multiply_elements(g, length) for g, length in pairs)

    def align(self, gradients: Any, left_out: Mapping[str, tuple[tuple[int, ...], Any]]) -> tuple[Any, ...]:
        """Return one gradient for each input, zeros for those that were left out; whatever backward returned where that
        are too many or too few."""
        inner = {name: labels for name, d in self.rest.items() if (labels := list_inner_labels(d))}
        gradients = take_from_dictionaries(gradients, self.parameters, inner)
        returnable = [] if self.several else self.list_returnable()
        aligned = align_gradients(gradients, self.names, self.differentiable, returnable, left_out)
        if len(aligned) != len(self.names):
            return aligned
        zeros = {
            n: np.zeros(*left_out[n])
            for n, has_gradient in zip(self.names, self.differentiable, strict=True)
            if has_gradient and n in left_out
        }
        return tuple(zeros.get(n, g) for n, g in zip(self.names, aligned, strict=True))

    def list_returnable(self) -> list[tuple[str, bool]]:
        """Return the parameters, each with whether backward may return more than None for it."""
        kept = {n for n, d in self.rest.items() if isinstance(d, FixedValue) and d.default and d.value is None}
        return [(n, n in self.names or n in kept) for n in self.parameters or self.names]

    def drop_gradient(self, i: int, gradient: Any) -> Any:
        """Return gradient i, None where that of its input is dropped; members of a Several are the last inputs."""
        place = min(i, len(self.names) - 1)
        dropped = self.names[place] in self.ignored or (self.drops and not self.differentiable[place])
        return None if dropped else gradient

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


def multiply_elements(gradient: Any, factor: Any) -> Any:
    """Multiply a gradient by a factor element by element, where `*` multiplies matrices too.  What is no array stays as
    it is, and is described by the law contract."""
    if not is_array_like(gradient):
        return gradient
    return (np.asarray(gradient) if isinstance(gradient, np.matrix) else gradient) * factor


def list_left_out(settings: Mapping[str, Any]) -> list[str]:
    """Return the names of the optional inputs that are left out."""
    return str(settings.get(LEFT_OUT, "")).split()


def describe_array(a: Any) -> tuple[tuple[int, ...], Any]:
    """Return the shape and the dtype of an array."""
    return np.shape(a), a.dtype


def list_inner_labels(declared: Any) -> Mapping[Any, str]:
    """Return the inputs in a dictionary of parameters by key; empty for anything else."""
    return declared.inputs if isinstance(declared, ParameterDict) else {}


def resolve_parameter(
    name: str, declared: Any, settings: Mapping[str, Any], inputs: Mapping[str, Any] | None = None
) -> Any:
    """Return the value of a parameter that is no input."""
    if isinstance(declared, FixedValue):
        return copy.deepcopy(declared.value)
    if isinstance(declared, ParameterDict):
        arrays = {key: (inputs or {})[label] for key, label in declared.inputs.items()}
        values = {
            key: arrays[key] if key in arrays else settings[key] if key in settings else copy.deepcopy(v)
            for key, v in declared.items.items()
        }
        return declared.row(values.values()) if declared.row else values
    return settings[name]


def take_from_dictionaries(gradients: Any, order: Sequence[str], inner: Mapping[str, Mapping[Any, str]]) -> Any:
    """Return gradients by label, where some inputs stand inside dictionaries: backward may return a dictionary in the
    place of each, or one of all gradients.  order: the parameters.  inner: the labels in each dictionary, by key."""
    if not inner:
        return gradients
    if not isinstance(gradients, Mapping):
        listed = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
        if not any(isinstance(g, (Mapping, tuple, list)) for g in listed):
            return gradients
        gradients = dict(zip(order, listed, strict=False))
    found = dict(gradients)
    for name, labels in inner.items():
        nested = number_row(find_gradient_by_name(gradients, name))
        source = nested if isinstance(nested, Mapping) else gradients
        found |= {label: find_gradient_by_name(source, key) for key, label in labels.items()}
    return found


def number_row(gradients: Any) -> Any:
    """Return gradients in a row by their index; anything else unchanged."""
    return dict(enumerate(gradients)) if isinstance(gradients, (tuple, list)) else gradients


def align_gradients(
    gradients: Any,
    names: Sequence[str],
    differentiable: Sequence[bool],
    returnable: Sequence[tuple[str, bool]] = (),
    left_out: Mapping[str, Any] | None = None,
) -> tuple[Any, ...]:
    """Return one gradient for each input: by name where they are named, and None for inputs without one.

    returnable: all parameters, for each of which backward may return one, with whether that may be more than None.
    left_out: optional inputs for which the code received None, so that it may return none of theirs.
    """
    if isinstance(gradients, Mapping):
        return tuple(find_gradient_by_name(gradients, name) for name in names)
    listed = tuple(gradients) if isinstance(gradients, (tuple, list)) else (gradients,)
    order = find_gradient_order(listed, names, differentiable, returnable, left_out or ())
    if order is None:
        return listed
    found = dict(zip(order, listed, strict=True))
    return tuple(found.get(name) for name in names)


def find_gradient_order(
    listed: Sequence[Any],
    names: Sequence[str],
    differentiable: Sequence[bool],
    returnable: Sequence[tuple[str, bool]],
    left_out: Collection[str],
) -> list[str] | None:
    """Return the parameters that gradients in a row are those of, as `align_gradients` takes them; None where they are
    too many or too few."""
    smooth = [n for n, has_gradient in zip(names, differentiable, strict=False) if has_gradient]
    optional = [n for n, known in returnable if known]
    absent = set(left_out)
    orders = [[*names], optional, [n for n in names if n not in absent], smooth, [n for n in smooth if n not in absent]]
    every = [n for n, _ in returnable]
    settings = [g for g, (_, known) in zip(listed, returnable, strict=False) if not known]
    if len(listed) == len(every) and all(g is None for g in settings):
        orders.insert(0, every)
    return next((order for order in orders if len(order) == len(listed) > 0), None)


def find_gradient_by_name(gradients: Mapping[Any, Any], name: Any) -> Any:
    """Return the gradient of an input from a mapping by names: its own name, or one with d or grad."""
    key = find_gradient_key(gradients, name)
    return None if key is None else gradients[key]


def find_gradient_key(gradients: Mapping[Any, Any], name: Any) -> Any:
    """Return the key of the gradient of an input; None where there is none."""
    spellings = (name, str(name), f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad")
    return next((s for s in spellings if s in gradients), None)
