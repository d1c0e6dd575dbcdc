"""The trial of a layer: which of an instance's numbers are its parameters.  Many layers have no gradients before their
first backward."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.adapters.code import Code
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.layers.calls import LayerCalls, declare_exact_shape
from gradcheck.adapters.layers.parameter_paths import (
    AttributePath,
    ParameterPath,
    copy_keeping_arrays,
    copy_with_values,
    find_inner_layers,
    find_parameters,
    find_real_numbers,
    find_unassigned_numbers,
    get_at_path,
    has_parameter_at,
)
from gradcheck.adapters.options import AdaptOptions
from gradcheck.adapters.parameters import AdapterError, Keywords, is_input
from gradcheck.adapters.pipeline import build_op
from gradcheck.declaration.shape import DeclarationError


@dataclass(frozen=True)
class ParameterTrial:
    """The layer before and after a trial.

    after: a copy of the layer after a forward and a backward; the layer itself where forward does not run.  assigned:
    the paths that forward assigned: what it stores there for backward is no parameter, even if backward leaves a
    gradient beside it.
    """

    layer_instance: Any
    after: Any
    assigned: frozenset[AttributePath] = frozenset()

    def parameters(self) -> dict[str, ParameterPath]:
        """Return the numbers of the layer that have a gradient."""
        parameters = find_parameters(self.after).items()
        return {
            n: at
            for n, at in parameters
            if has_parameter_at(self.layer_instance, at.value) and at.value not in self.assigned
        }

    def notes(self, places: Mapping[str, ParameterPath], inputs: Iterable[str]) -> Iterator[str]:
        """Yield notes on numbers that are not checked, and how to check them."""
        cached = {name for name in inputs if (name,) in self.assigned}
        if unchecked := [n for n in find_unassigned_numbers(self.layer_instance, places, inputs) if n not in cached]:
            yield f"not checked: {', '.join(unchecked)}; name where the gradient is, parameters={{{unchecked[0]!r}: …}}"
        if layers := find_inner_layers(self.layer_instance, places):
            yield f"not checked: the parameters of {', '.join(layers)}; check each by itself"
        contained = {n: at.value for n, at in find_parameters(self.after).items() if len(at.value) > 1}
        if late := [n for n, path in contained.items() if not has_parameter_at(self.layer_instance, path)]:
            yield f"not checked: {', '.join(late)}, which forward makes; call it once before"


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

    def run(arguments: Mapping[str, Any]) -> Any:
        instance = make(arguments)
        before.update((path, get_at_path(instance, path)) for path in numbers.values())
        return replace(layer, make=lambda _: instance).run(arguments)

    def pull(upstream: tuple[Any, ...], cache: Any) -> Any:
        assigned = frozenset(path for path, value in before.items() if get_at_path(cache[0], path) is not value)
        trials.append(ParameterTrial(thing, copy_keeping_arrays(cache[0]), assigned))
        return layer.backward(trials[-1].after, upstream)

    shapes = {n: declare_exact_shape(get_at_path(thing, path)) for n, path in declared.items()}
    code = Code(name, {**layer.forward_parameters, **shapes}, run, pull, layer.cls.backward)
    with suppress(AdapterError, NoShapes, DeclarationError):
        build_op(code, select_trial_keywords(keywords, layer, declared))
    return trials[-1]


def make_copier(thing: Any, paths: Mapping[str, AttributePath]) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that copies an instance with arguments, by name, at these paths."""
    return lambda arguments: copy_with_values(thing, {path: arguments[n] for n, path in paths.items()})


def select_trial_keywords(keywords: Keywords, layer: LayerCalls, declared: Iterable[str]) -> Keywords:
    """Return the caller's declarations of the inputs of a trial; of a point, its first arrays are those of forward."""
    arrays = [n for n, known in layer.forward_parameters.items() if is_input(known) and n not in keywords.parameters]
    at = list(keywords.options.at)[: len(arrays)] if keywords.options.at else None
    declarations = {n: v for n, v in keywords.parameters.items() if n in layer.forward_parameters or n in declared}
    return Keywords(AdaptOptions(at=at, **keywords.options.op_fields()), declarations)
