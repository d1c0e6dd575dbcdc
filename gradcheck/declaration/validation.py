"""The rules of a declaration, one for each part; each raises DeclarationError."""

from collections.abc import Iterable, Mapping
from typing import Any

from gradcheck.declaration.domain import Domain
from gradcheck.declaration.inputs import Array, Several, list_declared_arrays
from gradcheck.declaration.names import (
    collect_axis_names,
    collect_bound_names,
    collect_group_names,
    order_by_dependency,
)
from gradcheck.declaration.settings import Choice, Rank, Setting, Whole
from gradcheck.declaration.shape import DeclarationError

DTYPES = ("float64", "float32")
"""The dtypes in which an op can be checked."""


def check_op_name(name: str) -> None:
    """An op has a name."""
    if not name:
        raise DeclarationError("an op wants a name")


def check_callable(part: str, function: Any) -> None:
    """A function of an op can be called."""
    if not callable(function):
        raise DeclarationError(f"{part} is {function!r}, which cannot be called")


def check_inputs(inputs: Mapping[str, Array | Several]) -> None:
    """There are inputs, and each is declared as one array or several."""
    if not inputs:
        raise DeclarationError("inputs is empty; name each input, as in inputs={'x': Array('N D')}")
    for label, declared in inputs.items():
        if not isinstance(declared, (Array, Several)):
            raise DeclarationError(f"input {label!r} is {declared!r}; write Array('N D') or Several(Array(…))")


def check_names(
    inputs: Mapping[str, Array | Several],
    settings: Mapping[str, Setting],
    sizes: Mapping[str, Whole],
    batch: str | None,
) -> None:
    """Every name that is spoken of must be drawn somewhere."""
    bound, groups = collect_bound_names(inputs, settings, sizes), collect_group_names(inputs)
    for where, setting in [*settings.items(), *sizes.items()]:
        check_setting(where, setting, bound, groups)
    for array in list_declared_arrays(inputs):
        check_domain(array.domain, bound)
    check_sizes(sizes, collect_axis_names(inputs))
    check_clashes(collect_axis_names(inputs), groups, settings)
    order_by_dependency(inputs, settings, sizes)
    check_batch(batch, inputs)


def check_setting(where: str, setting: Any, bound: frozenset[str], groups: Iterable[str]) -> None:
    """A setting or a size is declared as one, and speaks of names and groups that there are."""
    if not isinstance(setting, (Whole, Choice, Rank)):
        raise DeclarationError(f"{where!r} is {setting!r}; write whole(1, 3), choice(…) or rank('A')")
    if isinstance(setting, Rank) and setting.group not in groups:
        raise DeclarationError(f"{where} = rank({setting.group!r}), but no shape has *{setting.group}")
    if isinstance(setting, Whole) and (unbound := setting.names - bound):
        raise DeclarationError(
            f"the bounds of {where!r} speak of {sorted(unbound)}, which no shape and no setting binds"
        )


def check_domain(domain: Domain, bound: frozenset[str]) -> None:
    """A domain speaks of names that there are."""
    if unbound := domain.names - bound:
        raise DeclarationError(f"domain {domain.name} speaks of {sorted(unbound)}, which no shape and no setting binds")


def check_sizes(sizes: Mapping[str, Whole], axes: frozenset[str]) -> None:
    """Every size bounds an axis, or is spoken of by the bounds of another."""
    if unused := set(sizes) - axes - {name for bounds in sizes.values() for name in bounds.names}:
        raise DeclarationError(f"sizes gives bounds for {sorted(unused)}, which no shape speaks of")


def check_clashes(axes: frozenset[str], groups: Iterable[str], settings: Mapping[str, Setting]) -> None:
    """No name is both a group of axes and an axis or a setting, or both an axis and a setting that is no number."""
    clashes = set(groups) & (axes | set(settings))
    clashes |= {name for name in axes & set(settings) if not isinstance(settings[name], Whole)}
    if clashes:
        raise DeclarationError(f"{sorted(clashes)} cannot be both a group of axes or a choice and the name of an axis")


def check_batch(batch: str | None, inputs: Mapping[str, Array | Several]) -> None:
    """The batch is an axis of an input."""
    axes = {axis.text for array in list_declared_arrays(inputs) for axis in array.axes}
    if batch is not None and batch not in axes:
        raise DeclarationError(f"batch is {batch!r}, which is no axis of any input")


def check_exceptions(exceptions: Mapping[str, str]) -> None:
    """Every exception has a reason."""
    for law, reason in exceptions.items():
        if not reason:
            raise DeclarationError(f"the exception for {law!r} wants a reason")


def check_dtypes(dtypes: Iterable[str]) -> None:
    """Every dtype is one in which an op can be checked."""
    if unknown := set(dtypes) - set(DTYPES):
        raise DeclarationError(f"unknown dtype {sorted(unknown)}; the dtypes are {', '.join(DTYPES)}")


def check_aliases(aliases: Mapping[str, str]) -> None:
    """Every library that is named calls the op something."""
    for library, names in aliases.items():
        if not (isinstance(names, str) and names.split()):
            raise DeclarationError(f"aliases[{library!r}] is {names!r}; write its names for the op, 'InnerProduct'")
