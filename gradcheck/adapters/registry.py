"""The calling conventions: gradcheck's own, and those that other packages add by entry points."""

from functools import cache
from pkgutil import resolve_name
from typing import Any

from gradcheck.adapters.calling_convention import CallingConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.parameters import AdapterError
from gradcheck.declaration.shape import DeclarationError
from gradcheck.extensions import ExtensionError, ExtensionPoint
from gradcheck.spelling import suggest_name

BUILT_IN_CONVENTIONS: tuple[CallingConvention, ...] = tuple(
    resolve_name(f"gradcheck.adapters.conventions.{module}:CONVENTION")
    for module in (
        "pair",
        "array_api",
        "torch",
        "jax",
        "thinc",
        "caffe",
        "layer",
        "model",
        "loss",
        "closure",
    )
)
"""A line registers a convention, by its module; messages list them in this order."""

BUILT_IN_BY_NAME = {convention.name: convention for convention in BUILT_IN_CONVENTIONS}


ADDED_CONVENTIONS: ExtensionPoint[CallingConvention] = ExtensionPoint(
    "gradcheck.conventions",
    "calling convention",
    CallingConvention,
    BUILT_IN_BY_NAME.keys(),
    results={"code": (Code,)},
    passing=(AdapterError, DeclarationError, NoShapes),
)
"""The conventions that other packages add."""


def find_convention(name: str) -> CallingConvention:
    """Return the convention of this name.  Raises AdapterError where there is none, ExtensionError where it cannot be
    used."""
    if convention := ADDED_CONVENTIONS.find(name) or BUILT_IN_BY_NAME.get(name):
        return convention
    names = [*BUILT_IN_BY_NAME, *ADDED_CONVENTIONS.list_names()]
    raise AdapterError(f"there is no adapter {name!r}; {suggest_name(name, names)}There are: {', '.join(names)}")


def list_conventions() -> list[CallingConvention]:
    """Return all conventions, gradcheck's own first.  Raises ExtensionError for one that cannot be used."""
    return [*BUILT_IN_CONVENTIONS, *ADDED_CONVENTIONS.load_all()]


def recognise_convention(thing: Any) -> CallingConvention | None:
    """Return the convention that an object certainly follows, else None.  Raises AdapterError where recognition fails,
    ExtensionError where a convention of another package cannot be used."""
    return next((c for c in list_recognising_conventions() if does_recognise(c, thing)), None)


@cache
def list_recognising_conventions() -> tuple[CallingConvention, ...]:
    """Return the conventions that recognise objects, in the order in which they are tried."""
    recognising = [(c.recognition_order, c) for c in list_conventions() if c.recognition_order is not None]
    return tuple(convention for _, convention in sorted(recognising, key=lambda ordered: ordered[0]))


def does_recognise(convention: CallingConvention, thing: Any) -> bool:
    """Whether an object certainly follows a convention.  Raises AdapterError or ExtensionError where recognition
    fails."""
    try:
        return convention.recognises(thing)
    except ExtensionError:
        raise
    except Exception as error:
        raise AdapterError(
            f"the calling convention {convention.name!r} cannot tell whether it recognises a {type(thing).__name__}: "
            f"{type(error).__name__}: {error}"
        ) from error
