"""Arrays with an axis name for each axis, and products of them that are summed over the axes that fit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from string import ascii_letters

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.declaration.shape import Axis

MOST_READINGS = 4
"""Ways to name the axes of an output that are looked at, where its lengths fit several names."""


@dataclass(frozen=True)
class NamedArray:
    """An array whose axes have names that are the same in all cases.  words: what it is."""

    words: str
    values: Values
    axes: tuple[str, ...]


def name_inputs(case: WrongCase) -> list[NamedArray]:
    """Name the axes of all inputs."""
    return [
        drop_single(NamedArray(label, np.asarray(a), read_axis_names(label, case.op.array(label).axes, a.ndim)))
        for label, a in case.case.inputs.items()
    ]


def read_axis_names(label: str, declared: Sequence[Axis], ndim: int) -> tuple[str, ...]:
    """Return the names of the axes of an input: those of its declaration; axes of a group are counted from its end.
    Where there are two groups, nobody knows where one ends: then all axes have numbers."""
    names = list[str]()
    if sum(axis.kind in ("group", "broadcast") for axis in declared) > 1:
        return tuple(f"axis {k} of {label}" for k in range(ndim))
    for k, axis in enumerate(declared):
        if axis.kind in ("group", "broadcast"):
            count = ndim - len(declared) + 1
            names += [f"axis -{count - n} of {axis.text}" for n in range(count)]
        else:
            names.append(axis.text if axis.kind == "size" else f"axis {k} of {label}")
    return tell_repeated(names)


def tell_repeated(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names with those that come again told apart: H, H'."""
    counts, told = Counter[str](), list[str]()
    for name in names:
        told.append(name + "'" * counts[name])
        counts[name] += 1
    return tuple(told)


def drop_single(a: NamedArray) -> NamedArray:
    """Return an array without its axes of length one, along which it is broadcast."""
    kept = [k for k, n in enumerate(a.values.shape) if n != 1]
    values = a.values.reshape([a.values.shape[k] for k in kept])
    return NamedArray(a.words, values, tuple(a.axes[k] for k in kept))


def measure_axes(arrays: Sequence[NamedArray]) -> dict[str, int]:
    """Return the lengths of the axes of some arrays by name."""
    return {name: n for a in arrays for name, n in zip(a.axes, a.values.shape, strict=True)}


def read_output_axes(shape: Sequence[int], lengths: Mapping[str, int], name: str) -> Iterator[tuple[str, ...]]:
    """Yield the ways to name the axes of an output by the names of equal length, those of inputs in their order
    first."""
    choices = [
        [n for n, length in lengths.items() if length == m] or [f"axis {k} of {name}"] for k, m in enumerate(shape)
    ]
    readings = (names for names in product(*choices) if len(set(names)) == len(names))
    yield from islice(readings, MOST_READINGS)


def contract(factors: Sequence[NamedArray], target: Sequence[str], shape: Sequence[int]) -> Values | None:
    """Return the product of some arrays, summed over the axes that the target lacks and repeated over those that it has
    alone; None where lengths do not fit."""
    lengths = dict(zip(target, shape, strict=True))
    for a in factors:
        for name, n in zip(a.axes, a.values.shape, strict=True):
            if lengths.setdefault(name, n) != n:
                return None
    letters = dict(zip(lengths, ascii_letters, strict=False))
    subscripts = ["".join(letters[name] for name in a.axes) for a in factors]
    kept = [name for name in target if any(name in a.axes for a in factors)]
    summed = np.einsum(
        f"{','.join(subscripts)}->{''.join(letters[name] for name in kept)}", *[a.values for a in factors]
    )
    spread = summed.reshape([lengths[name] if name in kept else 1 for name in target])
    return np.broadcast_to(spread, tuple(shape))


def find_summed_axes(factors: Sequence[NamedArray], target: Sequence[str]) -> list[str]:
    """List the axes over which a product is summed."""
    return [name for name in dict.fromkeys(name for a in factors for name in a.axes) if name not in target]


def describe_product(factors: Sequence[NamedArray], target: Sequence[str]) -> str:
    """Describe a product: "upstream * x summed over N"."""
    text, summed = " * ".join(a.words for a in factors) or "1", find_summed_axes(factors, target)
    return f"{text} summed over {' and '.join(summed)}" if summed else text
