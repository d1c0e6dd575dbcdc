"""Adapters: other people's calling conventions as an Op.

Each convention is a module with `code(name, thing, keywords)`, how a thing that follows it is called, and where looking
tells that for certain, `recognises(thing)`.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from gradcheck.adapters.conventions.torch import is_torch_module
from gradcheck.adapters.frameworks.under_jax import substitute_jax_numpy
from gradcheck.adapters.parameters import AdapterError, Keywords
from gradcheck.adapters.pipeline import build_op
from gradcheck.declaration.op import Op
from gradcheck.isolation import silence_warnings
from gradcheck.spelling import suggest_name

__all__ = ["ADAPTERS", "AdapterError", "adapt", "recognise_convention"]

ADAPTERS = {
    "pair": "forward and backward, two functions",
    "array_api": "the same, on arrays of another library; wants xp=",
    "torch": "a torch.autograd.Function, or a module",
    "jax": "a function with a jax.custom_vjp or custom_jvp rule",
    "thinc": "a thinc Model",
    "caffe": "a Caffe layer in Python: bottom and top blobs, propagate_down",
    "layer": "a class, an instance or a function that makes one, with methods forward and backward",
    "model": "a network with params, and loss(X, y) -> (loss, grads)",
    "loss": "a function that returns (loss, gradients)",
    "closure": "a function that returns (y, backprop)",
}
"""The conventions by name."""

TWO_FUNCTION_CONVENTIONS = ("pair", "array_api")
RECOGNISED_CONVENTIONS = ("torch", "jax", "thinc", "caffe", "layer", "model")
"""Those that are told by looking, the most particular first."""


def adapt(thing: Any, backward: Callable[..., Any] | None = None, *, adapter: str | None = None, **given: Any) -> Op:
    """An Op of whatever holds a forward and a backward.

    thing, backward: two functions, or one thing that follows one of ADAPTERS, which is told by looking where that is
    certain, and named by `adapter` where it is not.
    given: what each parameter is: a shape "N D", Array("N D", positive()), an example array around which shapes vary,
    whole(1, 3) or choice(…) for a setting, a dictionary of these, or a value that stays.  Where nothing is given,
    annotations are read, and usual shapes tried.  Also: name, reference (JAX or array API; without one the forward
    itself is tried under jax.numpy), inputs (the same by name, for parameters that share a name with one of these), at
    (one array per input: the point, and around it), averaged ({"w": "N"}: its gradient is declared an average over N),
    gradients (the names of the inputs that have one), parameters, upstream, xp, and what Op takes: dtypes, sizes,
    batch, exceptions, source, formula, convention, kinks.

    Raises AdapterError, inference.NoShapes or DeclarationError, each saying what to write.
    """
    if isinstance(thing, Op):
        if backward is not None or adapter or given:
            raise AdapterError(f"{thing.name} is an Op, which declares itself; change it by dataclasses.replace")
        return thing if thing.reference else use_forward_as_reference(thing)
    with silence_warnings():
        return adapt_code(thing, backward, adapter, Keywords.of(given))


def adapt_code(thing: Any, backward: Any, adapter: str | None, keywords: Keywords) -> Op:
    """The same for what is no Op."""
    name = keywords.options.get("name") or infer_name(thing)
    convention = choose_convention(name, thing, backward, adapter)
    return build_op(convention.code(name, thing if backward is None else (thing, backward), keywords), keywords)


def use_forward_as_reference(op: Op) -> Op:
    """A declared op without a reference, with its own forward under jax.numpy for one."""
    forward = substitute_jax_numpy(op.forward)
    return replace(op, reference=lambda *inputs, **settings: forward(*inputs, **settings)[0], borrowed=True)


def infer_name(thing: Any) -> str:
    """What a function, a class or an instance is called."""
    name = getattr(thing, "__name__", None) or type(thing).__name__
    return name.removesuffix("_forward") if name not in ("forward", "<lambda>") else "op"


def choose_convention(name: str, thing: Any, backward: Any, adapter: str | None) -> Any:
    """The module of the convention.  Raises AdapterError where it is not certain, or does not exist."""
    if adapter is not None and adapter not in ADAPTERS:
        raise AdapterError(
            f"there is no adapter {adapter!r}; {suggest_name(adapter, ADAPTERS)}There are: {', '.join(ADAPTERS)}"
        )
    if backward is not None:
        return choose_pair_convention(name, thing, backward, adapter or "pair")
    if adapter in TWO_FUNCTION_CONVENTIONS:
        raise AdapterError(f"{name}: the backward is missing; adapter={adapter!r} wants two functions")
    if not (adapter or (adapter := recognise_convention(thing))):
        raise AdapterError(f"{name}: {explain_unrecognised(thing)}")
    return import_module(f"gradcheck.adapters.conventions.{adapter}")


def recognise_convention(thing: Any) -> str | None:
    """The convention that a thing follows for certain, None where looking does not tell."""
    return next(
        (n for n in RECOGNISED_CONVENTIONS if import_module(f"gradcheck.adapters.conventions.{n}").recognises(thing)),
        None,
    )


def choose_pair_convention(name: str, thing: Any, backward: Any, adapter: str) -> Any:
    """The module for two functions.  Raises AdapterError where they are not that."""
    for part, function in (("forward", thing), ("backward", backward)):
        if not callable(function):
            raise AdapterError(f"{name}: the {part} is {function!r}, which cannot be called")
    if adapter not in TWO_FUNCTION_CONVENTIONS:
        raise AdapterError(f"{name}: adapter={adapter!r} wants one thing that holds both forward and backward, not two")
    return import_module(f"gradcheck.adapters.conventions.{adapter}")


def explain_unrecognised(thing: Any) -> str:
    """What to write for a thing that follows no convention for certain."""
    owner = getattr(thing, "__self__", None)
    if isinstance(owner, type) and recognise_convention(owner):
        whole = owner.__name__
        return f"give {whole} itself, which holds both forward and backward, not {whole}.{thing.__name__}"
    if isinstance(thing, type) and (is_torch_module(thing) or hasattr(thing, "loss")):
        return f"give an instance, as in {thing.__name__}(…), not the class"
    if callable(thing) and not isinstance(thing, type):
        return (
            "the backward is missing; give it as well, or say what the function returns: adapter='loss' for (loss, "
            "gradients), 'closure' for (y, backprop), 'layer' for an object with methods forward and backward"
        )
    ways = "; ".join(f"{name!r} for {what}" for name, what in ADAPTERS.items() if name not in TWO_FUNCTION_CONVENTIONS)
    return f"{thing!r} is nothing that holds a forward and a backward for certain; name it by adapter=: {ways}"
