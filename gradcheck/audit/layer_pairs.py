"""A class with forward and backward as a pair of functions, between which the layer itself is the cache."""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from gradcheck.audit.assignment import AssignmentError, Variant
from gradcheck.audit.model_ops import bind_first_argument


def run_layer_forward(Layer: Any, *inputs: Any) -> Any:
    """Make a layer and run its forward; the layer is the cache."""
    layer = Layer()
    return layer.forward(*inputs), layer


def run_layer_backward(Layer: Any, dout: Any, layer: Any) -> Any:
    """Run the backward of a layer."""
    return layer.backward(dout)


LAYER_CALLERS = (run_layer_forward, run_layer_backward)
"""The functions that call a student's class, in the worker."""


def is_layer(model: ModuleType, variant: Variant) -> bool:
    """Whether a convention asks for a class that is called without a function of the model file."""
    thing = getattr(model, variant.model_forward)
    return inspect.isclass(thing) and not variant.through and hasattr(thing, "forward") and hasattr(thing, "backward")


def pair_layer(thing: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the forward and the backward of a class.  Raises AssignmentError where its constructor takes something."""
    if taken := ", ".join(inspect.signature(thing).parameters):
        raise AssignmentError(
            f"{thing.__name__}: its constructor takes {taken}; write functions in the model file that make and call "
            "it, and name them as its through"
        )
    forward, backward = (bind_first_argument(caller, thing) for caller in LAYER_CALLERS)
    own = inspect.signature(thing.forward)
    forward.__signature__ = own.replace(parameters=list(own.parameters.values())[1:])  # type: ignore[attr-defined]
    return forward, backward
