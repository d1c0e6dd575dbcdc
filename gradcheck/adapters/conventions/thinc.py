"""A thinc Model: Y, backprop = model(X, is_train=True), then dX = backprop(dY), and the gradients of the parameters of
all its nodes by get_grad, where inc_grad has summed them.  Source: thinc's documentation, Defining and using models."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.conversion import is_subclass_by_name, make_identifier, require_library
from gradcheck.adapters.parameters import AdapterError, Keywords
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.origin import Script
from gradcheck.evaluation.private_copies import choose_copy
from gradcheck.private_interfaces import THINC_MODEL_FORWARD, find_private_interface

INPUT_NAME = "X"
"""The name of the input of thinc's layers."""


def recognises(thing: Any) -> bool:
    """Whether it is a model."""
    return is_subclass_by_name(type(thing), "thinc.model", "Model")


@dataclass(frozen=True)
class ThincParameter:
    """A parameter: the index of its node in model.walk(), its name and its shape."""

    node: int
    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class ThincCalls:
    """The calls of a model.  held: its parameters by label."""

    model: Any
    held: Mapping[str, ThincParameter]

    def run(self, arguments: Mapping[str, Any]) -> tuple[tuple[Any, ...], Any]:
        """Return the outputs of a copy of the model with these parameters, and as the cache a function upstream →
        gradients."""
        own = self.model.copy()
        nodes = list(own.walk())
        for node in nodes:
            if forward := find_private_interface(THINC_MODEL_FORWARD, node):
                node._func = choose_copy(forward)
        for label, at in self.held.items():
            nodes[at.node].set_param(at.name, to_writable_contiguous(arguments[label]))
        y, backprop = own(to_writable_contiguous(arguments[INPUT_NAME]), is_train=True)

        def back(upstream: Any) -> list[Any]:
            for at in self.held.values():
                nodes[at.node].set_grad(at.name, np.zeros_like(nodes[at.node].get_param(at.name)))
            dx = backprop(upstream)
            return [np.array(dx), *(np.array(nodes[at.node].get_grad(at.name)) for at in self.held.values())]

        return (tuple(y) if isinstance(y, (tuple, list)) else (y,)), back

    def pull(self, upstream: tuple[Any, ...], back: Callable[[Any], list[Any]]) -> list[Any]:
        """Return copies of the gradients of X and of the parameters, summed from zero."""
        ups = tuple(map(to_writable_contiguous, upstream))
        return back(ups if len(ups) > 1 else ups[0])

    def script(self, arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        """Return the calls as a script to paste."""
        nodes = {label: f"nodes[{at.node}]" for label, at in self.held.items()}
        sets = [f"{nodes[n]}.set_param({at.name!r}, {arguments[n]})" for n, at in self.held.items()]
        zeros = [f"{nodes[n]}.set_grad({at.name!r}, 0 * {arguments[n]})" for n, at in self.held.items()]
        gets = [f"d{n} = {nodes[n]}.get_grad({at.name!r})" for n, at in self.held.items() if f"d{n}" in gradients]
        assignment = f"d{INPUT_NAME} = " if f"d{INPUT_NAME}" in gradients else ""
        return Script(
            f"# model = the {self.model.name} that was checked",
            "\n".join(
                ["nodes = list(model.walk())", *sets, *zeros, f"{{y}}, backprop = model({INPUT_NAME}, is_train=True)"]
            ),
            "\n".join([f"{assignment}backprop({{dy}})", *gets]),
        )


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a model.  Raises AdapterError for anything else, for one whose parameters have no shapes yet,
    and where thinc is not installed."""
    require_library("thinc", "thinc")
    if not recognises(thing):
        raise AdapterError(f"{name}: adapter='thinc' wants a thinc Model, not {thing!r}")
    calling = ThincCalls(thing, dict(label_parameters(name, thing)))
    shapes = {label: Array(" ".join(map(str, at.shape))) for label, at in calling.held.items()}
    return Code(
        keywords.options.name or make_identifier(thing.name, ()),
        {INPUT_NAME: None, **shapes},
        calling.run,
        calling.pull,
        find_model_forward(thing),
        drops=True,
        script=calling.script,
    )


def to_writable_contiguous(a: Any) -> Any:
    """Return a writable array in C order, a copy where it is not: thinc's kernels require both."""
    a = np.asanyarray(a)
    return a if a.flags.c_contiguous and a.flags.writeable else np.array(a, order="C", subok=True)


def label_parameters(name: str, model: Any) -> Iterator[tuple[str, ThincParameter]]:
    """Yield the parameters of all nodes by name, prefixed by the node's name where two are equal."""
    nodes = list(model.walk())
    names = [p for node in nodes for p in node.param_names]
    used = {INPUT_NAME}
    for i, node in enumerate(nodes):
        for p in node.param_names:
            if not node.has_param(p):
                raise AdapterError(f"{name}: {node.name} has no {p} yet; call model.initialize(X, Y) first")
            label = make_identifier(p if names.count(p) == 1 else f"{node.name}_{p}", used)
            used.add(label)
            yield label, ThincParameter(i, p, node.get_param(p).shape)


def find_model_forward(model: Any) -> Any:
    """Return the forward of the first node that is not thinc's own, else the model's: backprop is written there.  None,
    with a warning, where thinc's private interface is not the expected one."""
    forwards = [find_private_interface(THINC_MODEL_FORWARD, node) for node in model.walk()]
    return next((f for f in forwards if f and not str(f.__module__).startswith("thinc.")), forwards[0])


CONVENTION = ModuleConvention("thinc", "a thinc Model", code, recognition_order=30, recognises=recognises)
