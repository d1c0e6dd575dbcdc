"""Which of the numbers that an instance of a layer holds are its parameters.  A trial shows them, as many a layer has
no gradients before its first backward."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.layers.calls import Layer, literal
from gradcheck.adapters.layers.parameter_paths import (
    Path,
    Place,
    fresh,
    holding,
    holds,
    layers_in,
    look,
    numbers_in,
    parameters_in,
    unassigned,
)
from gradcheck.adapters.parameters import AdapterError, Keywords, is_input
from gradcheck.adapters.pipeline import Code, op_of
from gradcheck.declaration.shape import DeclarationError


@dataclass(frozen=True)
class Trial:
    """after: a copy of the layer after a forward and a backward; the layer itself where forward does not run.
    assigned: the places that forward assigned.  What it keeps there for backward is no parameter, even if backward
    leaves a gradient beside it."""

    thing: Any
    after: Any
    assigned: frozenset[Path] = frozenset()

    def parameters(self) -> dict[str, Place]:
        """The numbers of the layer that have a gradient."""
        found = parameters_in(self.after).items()
        return {n: at for n, at in found if holds(self.thing, at.value) and at.value not in self.assigned}

    def notes(self, places: Mapping[str, Place], inputs: Iterable[str]) -> Iterator[str]:
        """What is not checked, and how it would be."""
        cached = {name for name in inputs if (name,) in self.assigned}
        if silent := [n for n in unassigned(self.thing, places, inputs) if n not in cached]:
            yield f"not checked: {', '.join(silent)}; name where the gradient is, parameters={{{silent[0]!r}: …}}"
        if layers := layers_in(self.thing, places):
            yield f"not checked: the parameters of {', '.join(layers)}; check each by itself"
        contained = {n: at.value for n, at in parameters_in(self.after).items() if len(at.value) > 1}
        if late := [n for n, path in contained.items() if not holds(self.thing, path)]:
            yield f"not checked: {', '.join(late)}, which forward makes; call it once before"


def tried(name: str, thing: Any, layer: Layer, keywords: Keywords) -> Trial:
    """A trial of a layer, with the parameters that it holds, unless the caller declares others.  What is wrong with the
    declaration is for the op to say."""
    numbers = numbers_in(thing)
    declared = {n: path for n, path in numbers.items() if n in keywords.parameters and n not in layer.taken}
    make = maker(thing, declared)
    trials = [Trial(thing, thing)]
    before: dict[Path, Any] = {}

    def run(arguments: Mapping[str, Any]) -> Any:
        instance = make(arguments)
        before.update((path, look(instance, path)) for path in numbers.values())
        return replace(layer, make=lambda _: instance).run(arguments)

    def pull(upstream: tuple[Any, ...], cache: Any) -> Any:
        assigned = frozenset(path for path, value in before.items() if look(cache[0], path) is not value)
        trials.append(Trial(thing, fresh(cache[0]), assigned))
        return layer.backward(trials[-1].after, upstream)

    shapes = {n: literal(look(thing, path)) for n, path in declared.items()}
    code = Code(name, {**layer.taken, **shapes}, run, pull, layer.cls.backward)
    with suppress(AdapterError, NoShapes, DeclarationError):
        op_of(code, of_trial(keywords, layer, declared))
    return trials[-1]


def maker(thing: Any, paths: Mapping[str, Path]) -> Callable[[Mapping[str, Any]], Any]:
    """What makes copies of an instance that hold arguments, by name, at these places."""
    return lambda arguments: holding(thing, {path: arguments[n] for n, path in paths.items()})


def of_trial(keywords: Keywords, layer: Layer, declared: Iterable[str]) -> Keywords:
    """What the caller says of the inputs of a trial; where that is a point, its first arrays are those of forward."""
    arrays = [n for n, known in layer.taken.items() if is_input(known) and n not in keywords.parameters]
    options = {"at": list(at)[: len(arrays)]} if (at := keywords.options.get("at")) else {}
    said = {n: v for n, v in keywords.parameters.items() if n in layer.taken or n in declared}
    return Keywords(options, keywords.declared, said)
