"""The trial of a layer: which of an instance's numbers are its parameters.  Many layers have no gradients before their
first backward, and some no parameters before their first forward."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.adapters.calls import find_gradient_key
from gradcheck.adapters.code import Code
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.layers.calls import LayerCalls, declare_exact_shape, move_elements
from gradcheck.adapters.layers.parameter_paths import (
    RETURNED,
    AttributePath,
    ParameterPath,
    copy_keeping_arrays,
    copy_with_values,
    describe_gradient_places,
    find_at_path,
    find_parameters,
    find_real_numbers,
    find_unassigned_numbers,
    format_path,
    get_at_path,
    has_parameter_at,
    is_equal_array,
    is_numpy_array,
    is_parameter,
)
from gradcheck.adapters.options import AdaptOptions
from gradcheck.adapters.parameters import AdapterError, Keywords, is_input
from gradcheck.adapters.pipeline import build_op
from gradcheck.declaration.origin import NotChecked
from gradcheck.declaration.shape import DeclarationError
from gradcheck.evaluation.outside_stops import suppress_own_errors

RunInstance = Callable[[Any], tuple[Any, ...]]
"""A function from an instance to the outputs of its forward."""


@dataclass(frozen=True)
class ParameterTrial:
    """The layer before and after a trial.

    after: a copy of the layer after a forward and a backward; the layer itself where forward does not run.  assigned:
    the paths that forward assigned: what it stores there for backward is no parameter, even if backward leaves a
    gradient beside it.  warmed: a copy of the layer after forward.  arguments: those of forward.  run: forward on them.
    returned: what backward returned.
    """

    layer_instance: Any
    after: Any
    assigned: frozenset[AttributePath] = frozenset()
    warmed: Any = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    run: RunInstance | None = None
    returned: list[Any] = field(default_factory=list)

    def parameters(self) -> dict[str, ParameterPath]:
        """Return the numbers of the layer that have a gradient."""
        numbers = find_real_numbers(self.layer_instance).values()
        parameters = find_parameters(self.after, [path for path in numbers if path not in self.assigned]).items()
        found = {
            n: at
            for n, at in parameters
            if has_parameter_at(self.layer_instance, at.value) and at.value not in self.assigned
        }
        return found or self.find_returned_parameters()

    def find_returned_parameters(self) -> dict[str, ParameterPath]:
        """Return the arrays of the layer whose gradients backward returns, by name or in their order."""
        numbers = {n: p for n, p in find_real_numbers(self.layer_instance).items() if p not in self.assigned}
        arrays = {n: p for n, p in numbers.items() if is_numpy_array(get_at_path(self.layer_instance, p))}
        listed = (
            list(self.returned[0]) if self.returned and isinstance(self.returned[0], (tuple, list)) else self.returned
        )
        if listed and isinstance(listed[-1], Mapping):
            return {
                n: ParameterPath(p, RETURNED) for n, p in arrays.items() if find_gradient_key(listed[-1], n) is not None
            }
        rest = listed[-len(arrays) :] if 0 < len(arrays) < len(listed) else []
        shapes = [get_at_path(self.layer_instance, p).shape for p in arrays.values()]
        fits = bool(rest) and all(np.shape(g) == shape for g, shape in zip(rest, shapes, strict=True))
        return {n: ParameterPath(p, RETURNED) for n, p in arrays.items()} if fits else {}

    def find_made_parameters(self) -> list[AttributePath]:
        """Return the paths of the arrays that the first forward made, and the second leaves alone on other inputs."""
        before = set(find_real_numbers(self.layer_instance).values())
        made = [p for p in find_real_numbers(self.warmed).values() if p not in before] if self.run else []
        made = [p for p in made if is_numpy_array(get_at_path(self.warmed, p))]
        if not made or self.run is None:
            return []
        again = copy_keeping_arrays(self.warmed)
        moved = {n: a + 1.0 if is_numpy_array(a) and a.dtype.kind == "f" else a for n, a in self.arguments.items()}
        with suppress_own_errors():
            self.run((again, moved))
        return [p for p in made if is_equal_array(find_at_path(again, p), get_at_path(self.warmed, p))]

    def find_unchecked(
        self, places: Mapping[str, ParameterPath], inputs: Iterable[str]
    ) -> tuple[list[NotChecked], list[str]]:
        """Return the arrays on which the output depends, and whose gradient was not found; and the labels of numbers
        that stay as they are."""
        given = set(inputs)
        numbers = find_unassigned_numbers(self.layer_instance, places, inputs)
        kept = {label: path for label, path in numbers.items() if label not in given and path not in self.assigned}
        arrays = {n: path for n, path in kept.items() if is_numpy_array(get_at_path(self.layer_instance, path))}
        told = [
            NotChecked(format_path(path, ""), explain_unfound_gradient(label, path))
            for label, path in arrays.items()
            if self.influences(path)
        ]
        return told, [n for n in kept if n not in arrays]

    def influences(self, path: AttributePath) -> bool:
        """Whether the output changes with the array at a path; so it is said where forward did not run."""
        if self.run is None:
            return True
        value = get_at_path(self.layer_instance, path)
        moved = value + move_elements(value, 0.375)
        try:
            before = self.run((copy_keeping_arrays(self.layer_instance), self.arguments))
            after = self.run((copy_with_values(self.layer_instance, {path: moved}), self.arguments))
        except Exception:
            return True
        return not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, after, strict=False))

    def notes(self, kept: Iterable[str]) -> Iterator[str]:
        """Yield notes on numbers that stay as they are, and how to check them."""
        if names := list(kept):
            yield f"kept as they are: {', '.join(names)}; name a gradient to check one, parameters={{{names[0]!r}: …}}"


def explain_unfound_gradient(label: str, path: AttributePath) -> str:
    """Say where the gradient of a parameter was looked for, and what to write."""
    return (
        f"no gradient found: looked at {describe_gradient_places(path)}, …; name it, as in "
        f"parameters={{{label!r}: 'grad'}}, or None where there is none"
    )


def run_parameter_trial(name: str, thing: Any, layer: LayerCalls, keywords: Keywords) -> ParameterTrial:
    """Run forward and backward once on a layer with its own parameters, unless the caller declares others.  Errors in
    the declaration are left to the construction of the op."""
    numbers = find_real_numbers(thing)
    declared = {
        n: path for n, path in numbers.items() if n in keywords.parameters and n not in layer.forward_parameters
    }
    make = make_copier(thing, declared)
    trials = [ParameterTrial(thing, thing)]
    before: dict[AttributePath, Any] = {}
    forward: list[tuple[Any, Mapping[str, Any]]] = []

    def run(arguments: Mapping[str, Any]) -> Any:
        instance = make(arguments)
        before.clear()
        before.update((path, get_at_path(instance, path)) for path in numbers.values())
        returned = replace(layer, make=lambda _: instance).run(arguments)
        forward[:] = [(copy_keeping_arrays(instance), arguments)]
        return returned

    def rerun(call: tuple[Any, Mapping[str, Any]]) -> tuple[Any, ...]:
        instance, arguments = call
        outputs: tuple[Any, ...] = replace(layer, make=lambda _: instance).run(arguments)[0]
        return outputs

    def pull(upstream: tuple[Any, ...], cache: Any) -> Any:
        assigned = frozenset(path for path, value in before.items() if find_at_path(cache[0], path) is not value)
        warmed, arguments = forward[0]
        trials.append(ParameterTrial(thing, copy_keeping_arrays(cache[0]), assigned, warmed, arguments, rerun))
        returned = layer.backward(trials[-1].after, upstream)
        trials[-1].returned[:] = [returned]
        return returned

    shapes = {n: declare_exact_shape(get_at_path(thing, path)) for n, path in declared.items()}
    code = Code(name, {**layer.forward_parameters, **shapes}, run, pull, layer.cls.backward)
    with suppress(AdapterError, NoShapes, DeclarationError):
        build_op(code, select_trial_keywords(keywords, layer, declared))
    return trials[-1]


def make_copier(
    thing: Any, paths: Mapping[str, AttributePath], gradients: Iterable[AttributePath] = ()
) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that copies an instance with arguments, by name, at these paths.  gradients: the paths of
    gradients, which begin at zero in every copy, since backward may add to them."""
    stale = {path: find_at_path(thing, path) for path in gradients}
    zeros = {path: np.zeros_like(g) for path, g in stale.items() if is_parameter(g) and path not in paths.values()}
    return lambda arguments: copy_with_values(
        thing, {path: zero.copy() for path, zero in zeros.items()} | {path: arguments[n] for n, path in paths.items()}
    )


def select_trial_keywords(keywords: Keywords, layer: LayerCalls, declared: Iterable[str]) -> Keywords:
    """Return the caller's declarations of the inputs of a trial; of a point, its first arrays are those of forward."""
    arrays = [n for n, known in layer.forward_parameters.items() if is_input(known) and n not in keywords.parameters]
    at = list(keywords.options.at)[: len(arrays)] if keywords.options.at else None
    declarations = {n: v for n, v in keywords.parameters.items() if n in layer.forward_parameters or n in declared}
    return Keywords(AdaptOptions(at=at, **keywords.options.op_fields()), declarations)
