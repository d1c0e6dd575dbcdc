"""A Caffe layer in Python: setup, reshape and forward take (bottom, top), backward (top, propagate_down, bottom).

Inputs are its bottoms, in the order in which they are given, under names that the caller chooses, and the parameters in
self.blobs, named by parameters={"weight": "M D"}.  Source: Caffe's documentation, Python layers; its examples/pycaffe.
"""

import copy
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.adapters.caffe_blob import Blob, Blobs
from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.calls import multiply_elements
from gradcheck.adapters.code import Code
from gradcheck.adapters.layers.method_copies import use_copied_methods
from gradcheck.adapters.parameters import AdapterError, Keywords, ParameterDeclaration, declare_parameter
from gradcheck.adapters.source_names import format_import
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.origin import Script

LAYER_METHODS = {"setup": 2, "reshape": 2, "forward": 2, "backward": 3}
"""The methods of a layer, and the number of arguments of each."""


def recognises(thing: Any) -> bool:
    """Whether it is a class or an instance with the four methods."""
    own = int(isinstance(thing, type))
    return all(count_arguments(getattr(thing, method, None)) == count + own for method, count in LAYER_METHODS.items())


def count_arguments(method: Any) -> int:
    """Return the number of arguments of a method, 0 where it is none."""
    try:
        return len(inspect.signature(method).parameters)
    except (TypeError, ValueError):
        return 0


@dataclass(frozen=True)
class CaffeCalls:
    """The calls of a layer.  bottoms, held: the labels of inputs and parameters.  propagate: which bottoms have a
    gradient.  tops: the number of outputs.  param_str: the layer's parameters in the net.  uses_top_diff: whether
    backward reads the diff of the top, which a loss may ignore where its weight is one."""

    layer: Any
    bottoms: tuple[str, ...]
    propagate: tuple[bool, ...]
    held: tuple[str, ...]
    tops: int
    param_str: str | None
    uses_top_diff: bool

    def run(self, arguments: Mapping[str, Any]) -> tuple[tuple[Any, ...], Any]:
        """Return the data of the tops, and as the cache a function upstreams → gradients."""
        layer = use_copied_methods(self.layer() if isinstance(self.layer, type) else copy.deepcopy(self.layer))
        layer.blobs = Blobs()
        if self.param_str is not None:
            layer.param_str = self.param_str
        bottom = [Blob(np.asanyarray(arguments[n])) for n in self.bottoms]
        kinds = [blob.data.dtype for blob in bottom if blob.data.dtype.kind in "fc"]
        top = [Blob(np.zeros(0, np.result_type(*kinds) if kinds else float)) for _ in range(self.tops)]
        layer.setup(bottom, top)
        layer.reshape(bottom, top)
        self.set_parameters(layer.blobs, [arguments[n] for n in self.held])
        layer.forward(bottom, top)
        return tuple(np.array(blob.data) for blob in top), lambda ups: self.gradients(layer, bottom, top, ups)

    def set_parameters(self, blobs: Sequence[Blob], values: Sequence[Any]) -> None:
        """Set the parameters of the layer.  Raises ValueError where it has others."""
        shapes = [blob.shape for blob in blobs]
        if shapes != [a.shape for a in values]:
            raise ValueError(
                f"self.blobs has shapes {shapes}; declare them in this order, parameters={{'weight': 'M D'}}"
            )
        for blob, a in zip(blobs, values, strict=True):
            blob.hold(a)

    def gradients(self, layer: Any, bottom: list[Blob], top: list[Blob], upstream: Sequence[Any]) -> list[Any]:
        """Return the diffs of bottoms and parameters after backward.  Raises RuntimeError where it writes one for which
        propagate_down is False."""
        for blob, u in zip(top, upstream, strict=True):
            blob.hold(blob.data, np.asanyarray(u) if self.uses_top_diff else np.ones(blob.shape))
        for blob in bottom:
            blob.hold(blob.data)
        for blob in layer.blobs:
            blob.hold(blob.data, np.zeros(blob.shape))
        layer.backward(top, list(self.propagate), bottom)
        for i, blob in enumerate(bottom):
            if not self.propagate[i] and not np.isnan(blob.diff).all():
                raise RuntimeError(f"backward writes bottom[{i}].diff, though propagate_down[{i}] is False")
        weight = 1.0 if self.uses_top_diff else np.sum(upstream[0])
        return [multiply_elements(blob.diff, weight) for blob in (*bottom, *layer.blobs)]

    def pull(self, upstream: tuple[Any, ...], back: Any) -> list[Any]:
        """Return the gradients of bottoms and parameters."""
        return back(upstream)

    def script(self, arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        """Return the calls as a script to paste."""
        cls = self.layer if isinstance(self.layer, type) else type(self.layer)
        opening = ["import numpy as np", "from gradcheck.adapters.caffe_blob import Blob, Blobs"]
        made = [f"layer = {cls.__name__}()", "layer.blobs = Blobs()"]
        made += [f"layer.param_str = {self.param_str!r}".replace("{", "{{").replace("}", "}}")] * bool(self.param_str)
        made += [f"bottom = [{', '.join(f'Blob({n})' for n in self.bottoms)}]"]
        made += [f"top = [{', '.join(['Blob(np.zeros(0))'] * self.tops)}]"]
        made += ["layer.setup(bottom, top)", "layer.reshape(bottom, top)"]
        made += [f"layer.blobs[{i}].hold({n}, 0 * {n})" for i, n in enumerate(self.held)]
        tops = [f"top[{i}].data" for i in range(self.tops)]
        made += ["layer.forward(bottom, top)", f"{{y}} = {', '.join(tops)}"]
        ups = [
            f"top[{i}].diff[...] = {{dy}}{f'[{i}]' * (self.tops > 1)}" for i in range(self.tops)
        ] * self.uses_top_diff
        places = {n: f"bottom[{i}].diff" for i, n in enumerate(self.bottoms)}
        places |= {n: f"layer.blobs[{i}].diff" for i, n in enumerate(self.held)}
        weight = "" if self.uses_top_diff else " * {dy}"
        call = f"layer.backward(top, {list(self.propagate)}, bottom)"
        return Script(
            "\n".join(filter(None, (*opening, format_import(cls, cls.__name__)))),
            "\n".join(made),
            "\n".join([*ups, call, *(f"{g} = {places[g[1:]]}{weight}" for g in gradients)]),
        )


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a layer.  Raises AdapterError for anything else, and for bottoms without names."""
    if not recognises(thing):
        raise AdapterError(
            f"{name}: adapter='caffe' wants a class with setup, reshape and forward(self, bottom, top) and "
            f"backward(self, top, propagate_down, bottom), not {thing!r}"
        )
    bottoms = read_array_declarations(name, keywords.parameters)
    if not bottoms:
        raise AdapterError(
            f"{name}: what are its bottoms? Name them in their order, as in x='N D', labels=Array('N', indices('D'))"
        )
    held = read_array_declarations(name, keywords.options.parameters or {})
    with_gradient = keywords.options.gradients
    if with_gradient is None:
        with_gradient = [n for n, d in bottoms.items() if is_differentiable_bottom(d)]
    propagate = tuple(n in with_gradient for n in bottoms)
    tops, param_str = keywords.convention_options.get("tops", 1), keywords.convention_options.get("param_str")
    uses_top_diff = keywords.options.upstream is None or bool(keywords.options.upstream)
    calling = CaffeCalls(thing, tuple(bottoms), propagate, tuple(held), tops, param_str, uses_top_diff)
    cls: Any = thing if isinstance(thing, type) else type(thing)
    return Code(
        name,
        {**bottoms, **held},
        calling.run,
        calling.pull,
        cls.backward,
        computed_at=cls.forward,
        drops=True,
        script=calling.script,
        notes=("the diff of a bottom holds NaN before backward: Caffe does not clear it",),
    )


def read_array_declarations(name: str, arrays: Mapping[str, Any]) -> dict[str, ParameterDeclaration]:
    """Return the declarations of some inputs.  Raises AdapterError for one that is no array."""
    declarations = {n: declare_parameter(f"{name}: {n}", value) for n, value in arrays.items()}
    for n, d in declarations.items():
        if not isinstance(d, (Array, np.ndarray)):
            raise AdapterError(f"{name}: {n} is {arrays[n]!r}, but bottoms and parameters are arrays: {n}='N D'")
    return declarations


def is_differentiable_bottom(declared: Any) -> bool:
    """Whether an input has a gradient."""
    return declared.differentiable if isinstance(declared, Array) else declared.dtype.kind == "f"


CONVENTION = ModuleConvention(
    "caffe",
    "a Caffe layer in Python: bottom and top blobs, propagate_down",
    code,
    recognition_order=40,
    recognises=recognises,
    options=("tops", "param_str"),
)
