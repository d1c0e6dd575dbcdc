"""The calling conventions: those of gradcheck, and those that other packages add by entry points."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from gradcheck.adapters.calling_convention import CONVENTION_MEMBERS, CallingConvention
from gradcheck.adapters.conventions import array_api, caffe, closure, jax, layer, loss, model, pair, thinc, torch
from gradcheck.adapters.parameters import AdapterError
from gradcheck.spelling import suggest_name

ENTRY_POINT_GROUP = "gradcheck.conventions"

BUILT_IN_CONVENTIONS: tuple[CallingConvention, ...] = (
    pair.CONVENTION,
    array_api.CONVENTION,
    torch.CONVENTION,
    jax.CONVENTION,
    thinc.CONVENTION,
    caffe.CONVENTION,
    layer.CONVENTION,
    model.CONVENTION,
    loss.CONVENTION,
    closure.CONVENTION,
)
"""A line registers a convention; messages list them in this order."""

BUILT_IN_BY_NAME = {convention.name: convention for convention in BUILT_IN_CONVENTIONS}


@cache
def find_entry_points() -> dict[str, EntryPoint]:
    """The conventions of other packages by name, none of them loaded, looked up once in a process.

    Raises AdapterError for a name that is taken.
    """
    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: (e.name, describe_distribution(e))):
        if entry.name in BUILT_IN_BY_NAME or entry.name in found:
            other = "gradcheck" if entry.name in BUILT_IN_BY_NAME else describe_distribution(found[entry.name])
            raise AdapterError(
                f"{describe_distribution(entry)} adds a calling convention {entry.name!r}, as {other} does; "
                "uninstall one, or rename its entry point"
            )
        found[entry.name] = entry
    return found


def describe_distribution(entry: EntryPoint) -> str:
    """The package and version that an entry point is from."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


@cache
def load_convention(entry: EntryPoint) -> CallingConvention:
    """The convention that an entry point names.  Raises AdapterError where it cannot be imported, or is none."""
    origin = f"the calling convention {entry.name!r} of {describe_distribution(entry)}, {entry.value},"
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:
        raise AdapterError(
            f"{origin} cannot be loaded: {type(error).__name__}: {error}; update that package, or uninstall it"
        ) from error
    if missing := [member for member in CONVENTION_MEMBERS if not hasattr(found, member)]:
        raise AdapterError(f"{origin} has no {', '.join(missing)}; see gradcheck.adapters.CallingConvention")
    if found.name != entry.name:
        raise AdapterError(f"{origin} calls itself {found.name!r}; name the entry point like the convention")
    return found


def find_convention(name: str) -> CallingConvention:
    """The convention of this name.  Raises AdapterError where there is none, or it cannot be loaded."""
    if name in BUILT_IN_BY_NAME:
        return BUILT_IN_BY_NAME[name]
    if name in find_entry_points():
        return load_convention(find_entry_points()[name])
    names = [*BUILT_IN_BY_NAME, *find_entry_points()]
    raise AdapterError(f"there is no adapter {name!r}; {suggest_name(name, names)}There are: {', '.join(names)}")


def list_conventions() -> list[CallingConvention]:
    """All conventions, those of other packages behind gradcheck's.  Raises AdapterError for one that cannot be
    loaded."""
    return [*BUILT_IN_CONVENTIONS, *map(load_convention, find_entry_points().values())]


def recognise_convention(thing: Any) -> CallingConvention | None:
    """The convention that a thing follows for certain, None where looking does not tell.  Raises AdapterError for a
    convention that cannot be loaded, or fails to look."""
    return next((c for c in list_recognising_conventions() if does_recognise(c, thing)), None)


@cache
def list_recognising_conventions() -> tuple[CallingConvention, ...]:
    """The conventions that tell by looking, in the order in which they look."""
    telling = [(c.recognition_order, c) for c in list_conventions() if c.recognition_order is not None]
    return tuple(convention for _, convention in sorted(telling, key=lambda ordered: ordered[0]))


def does_recognise(convention: CallingConvention, thing: Any) -> bool:
    """Whether a thing follows a convention for certain.  Raises AdapterError where looking fails."""
    try:
        return convention.recognises(thing)
    except Exception as error:
        raise AdapterError(
            f"the calling convention {convention.name!r} cannot tell whether it recognises a {type(thing).__name__}: "
            f"{type(error).__name__}: {error}"
        ) from error
