"""The ops of model answers: what a submission is marked by, and with whose shapes and settings."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from gradcheck.adapters import adapt
from gradcheck.audit.assignment import AskedFunction, Variant
from gradcheck.declaration.op import Op
from gradcheck.discovery.module_import import import_file
from gradcheck.discovery.module_loading import ModuleLoader


def load_model(path: Path) -> ModuleType:
    """Import a file of model answers.  Raises TargetError where it raises."""
    return import_file(path, ModuleLoader.of(path))


def make_model_op(model: ModuleType, asked: AskedFunction, variant: Variant | None = None) -> Op:
    """Make the op of the model answer of a row, in one of its conventions, by default the main one.  Raises what
    `adapt` raises."""
    chosen = variant or asked.main
    return make_variant_op(asked.name, chosen, vars(model), *find_model_functions(model, chosen))


def make_variant_op(name: str, variant: Variant, model: Mapping[str, Any], forward: Any, backward: Any = None) -> Op:
    """Make the op of a forward and a backward that follow a convention: the model's own, or what stands for them.

    name: that of the op.  model: the names of the model file, with reference, kinks and callers.  backward: None where
    forward holds both.
    """
    options = dict(variant.options)
    if "kinks" in options:
        options["kinks"] = model[options["kinks"]]
    return adapt(
        forward,
        backward,
        name=name,
        adapter=variant.adapter or None,
        reference=model[variant.reference] if variant.reference else None,
        **options,
    )


def find_model_functions(model: ModuleType, variant: Variant) -> tuple[Any, Any]:
    """Return the forward and the backward of a convention, as they are called through its callers; None for a backward
    where the forward holds both."""
    backward = getattr(model, variant.model_backward) if variant.model_backward else None
    return bind_callers(model, variant, getattr(model, variant.model_forward), backward)


def bind_callers(model: ModuleType, variant: Variant, forward: Any, backward: Any) -> tuple[Any, Any]:
    """Return functions as the callers of a convention call them."""
    if variant.through:
        forward = bind_first_argument(getattr(model, variant.through), forward)
    if variant.through_backward:
        backward = bind_first_argument(getattr(model, variant.through_backward), backward)
    return forward, backward


def bind_first_argument(function: Callable[..., Any], first: Any) -> Callable[..., Any]:
    """Return a function of the further parameters of a function, with their annotations and its name."""

    def call(*args: Any, **keywords: Any) -> Any:
        return function(first, *args, **keywords)

    signature = inspect.signature(function)
    call.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])  # type: ignore[attr-defined]
    call.__name__, call.__module__ = function.__name__, function.__module__
    return call
