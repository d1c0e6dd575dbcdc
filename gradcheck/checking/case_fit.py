"""Whether a case fits an op: its labels, its settings, and the shapes and values of its inputs."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.domain import Domain
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Choice
from gradcheck.declaration.shape import Axis
from gradcheck.generation.values import FAR_POINT, GRID
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case

FAR = 2.0**20
"""A point beyond all that are drawn: a domain that reaches it has no bound."""
FAR_POINTS = np.concatenate([[-2 * FAR_POINT, 2 * FAR_POINT, -FAR, FAR], GRID])


def explain_misfit(op: Op, case: Case) -> str:
    """Explain why the inputs, settings or dtypes of a case are not those of an op; "" where they are."""
    if not has_labels_of(op, list(case.inputs)) or set(case.settings) != set(op.settings):
        takes, has = ", ".join([*op.inputs, *op.settings]), ", ".join([*case.inputs, *case.settings])
        return f"op {op.name!r} takes {takes}, and the case has {has}"
    if case.dtype not in {"float64", *op.dtypes}:
        return f"op {op.name!r} is not checked in {case.dtype}"
    return next(iter([*list_setting_misfits(op, case), *list_input_misfits(op, case)]), "")


def has_labels_of(op: Op, labels: Sequence[str]) -> bool:
    """Whether these label the op's inputs, in their order: x, or xs[0], xs[1], … where it takes several."""
    possible = [
        [f"{name}[{member}]" for member in range(len(labels))] if isinstance(declared, Several) else [name]
        for name, declared in op.inputs.items()
    ]
    present = [[label for label in of_input if label in labels] for of_input in possible]
    in_row = all(found and found == names[: len(found)] for found, names in zip(present, possible, strict=True))
    return in_row and [label for of_input in present for label in of_input] == list(labels)


def list_setting_misfits(op: Op, case: Case) -> Iterator[str]:
    """Yield a sentence for each setting that its declaration does not allow."""
    for name, declared in op.settings.items():
        value = case.settings[name]
        allowed = value in declared.options if isinstance(declared, Choice) else type(value) is int
        if not allowed:
            yield f"the setting {name} of op {op.name!r} may not be {value!r:.60}"


def list_input_misfits(op: Op, case: Case) -> Iterator[str]:
    """Yield a sentence for each input whose shape or values its declaration does not allow."""
    sizes = {name: value for name, value in case.settings.items() if type(value) is int}
    for label, x in case.inputs.items():
        array = op.array(label)
        if not fits_shape(array, x.shape, sizes):
            yield f"the shape {x.shape} of {label} is not one of {array.shape!r}"
        elif (array.differentiable and x.dtype.kind != "f") or not np.isfinite(x).all():
            yield f"{label} holds values of another kind"
        elif not is_within_domain(array.domain, x, sizes):
            yield f"{label} is outside of {array.domain.name}"


def is_within_domain(domain: Domain, x: Values, sizes: dict[str, int]) -> bool:
    """Whether values lie within the bounds of a domain; True where it has none, or is not one of single values."""
    if not domain.names <= sizes.keys():
        return True
    half = len(FAR_POINTS) // 2
    try:
        with silence_warnings():
            if np.shape(domain.map(FAR_POINTS[:2], sizes)) != (2,):  # a domain of matrices
                return True
            reached = domain.map(FAR_POINTS, sizes)
            parts = np.concatenate([domain.map(part, sizes) for part in (FAR_POINTS[:half], FAR_POINTS[half:])])
    except Exception:  # one of the user's own, or of more axes: it says nothing of single values
        return True
    if not np.array_equal(reached, parts):
        return True
    least, most = float(np.min(reached)), float(np.max(reached))
    return bool((least <= -FAR or np.all(x >= least)) and (most >= FAR or np.all(x <= most)))


def fits_shape(array: Array, shape: tuple[int, ...], sizes: dict[str, int]) -> bool:
    """Whether a shape is one that is declared.  sizes: the lengths of the axes so far; those of this shape are added.

    Groups of axes may have any lengths here.
    """
    single = [axis for axis in array.axes if axis.kind in ("size", "free")]
    if len(single) < len(array.axes):
        return len(shape) >= len(single)
    return len(shape) == len(single) and all(
        fits_axis(axis, length, sizes) for axis, length in zip(single, shape, strict=True)
    )


def fits_axis(axis: Axis, length: int, sizes: dict[str, int]) -> bool:
    """Whether an axis may have a length; a name that stands alone has it from here on."""
    if axis.kind == "free":
        return True
    if axis.text.isidentifier():
        return sizes.setdefault(axis.text, length) == length
    with suppress(KeyError, ZeroDivisionError):
        return axis.expression.value(sizes) == length
    return True
