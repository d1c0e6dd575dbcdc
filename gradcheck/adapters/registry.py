"""The calling conventions: gradcheck's own, and those that other packages add by entry points."""

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
"""One line registers a convention; messages list them in this order."""

BUILT_IN_BY_NAME = {convention.name: convention for convention in BUILT_IN_CONVENTIONS}


@cache
def find_entry_points() -> dict[str, EntryPoint]:
    """Return the conventions of other packages by name, not loaded, looked up once in a process.

    Raises AdapterError for a name that is in use.
    """
    by_name: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: (e.name, describe_distribution(e))):
        if entry.name in BUILT_IN_BY_NAME or entry.name in by_name:
            other = "gradcheck" if entry.name in BUILT_IN_BY_NAME else describe_distribution(by_name[entry.name])
            raise AdapterError(
                f"{describe_distribution(entry)} adds a calling convention {entry.name!r}, as {other} does; "
                "uninstall one, or rename its entry point"
            )
        by_name[entry.name] = entry
    return by_name


def describe_distribution(entry: EntryPoint) -> str:
    """Return the package and version of an entry point."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


@cache
def load_convention(entry: EntryPoint) -> CallingConvention:
    """Load the convention that an entry point names.  Raises AdapterError where it cannot be imported, or is none."""
    origin = f"the calling convention {entry.name!r} of {describe_distribution(entry)}, {entry.value},"
    try:
        convention = entry.load()
    except (Exception, SystemExit) as error:
        raise AdapterError(
            f"{origin} cannot be loaded: {type(error).__name__}: {error}; update that package, or uninstall it"
        ) from error
    if missing := [member for member in CONVENTION_MEMBERS if not hasattr(convention, member)]:
        raise AdapterError(f"{origin} has no {', '.join(missing)}; see gradcheck.adapters.CallingConvention")
    if convention.name != entry.name:
        raise AdapterError(f"{origin} calls itself {convention.name!r}; name the entry point like the convention")
    return convention


def find_convention(name: str) -> CallingConvention:
    """Return the convention of this name.  Raises AdapterError where there is none, or it cannot be loaded."""
    if name in BUILT_IN_BY_NAME:
        return BUILT_IN_BY_NAME[name]
    if name in find_entry_points():
        return load_convention(find_entry_points()[name])
    names = [*BUILT_IN_BY_NAME, *find_entry_points()]
    raise AdapterError(f"there is no adapter {name!r}; {suggest_name(name, names)}There are: {', '.join(names)}")


def list_conventions() -> list[CallingConvention]:
    """Return all conventions, gradcheck's own first.  Raises AdapterError for one that cannot be loaded."""
    return [*BUILT_IN_CONVENTIONS, *map(load_convention, find_entry_points().values())]


def recognise_convention(thing: Any) -> CallingConvention | None:
    """Return the convention that an object certainly follows, else None.  Raises AdapterError for a convention that
    cannot be loaded, or fails in recognition."""
    return next((c for c in list_recognising_conventions() if does_recognise(c, thing)), None)


@cache
def list_recognising_conventions() -> tuple[CallingConvention, ...]:
    """Return the conventions that recognise objects, in the order in which they are tried."""
    recognising = [(c.recognition_order, c) for c in list_conventions() if c.recognition_order is not None]
    return tuple(convention for _, convention in sorted(recognising, key=lambda ordered: ordered[0]))


def does_recognise(convention: CallingConvention, thing: Any) -> bool:
    """Whether an object certainly follows a convention.  Raises AdapterError where recognition fails."""
    try:
        return convention.recognises(thing)
    except Exception as error:
        raise AdapterError(
            f"the calling convention {convention.name!r} cannot tell whether it recognises a {type(thing).__name__}: "
            f"{type(error).__name__}: {error}"
        ) from error
