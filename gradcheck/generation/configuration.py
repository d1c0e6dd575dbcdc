"""Configuration: concrete sizes and settings for one declaration, built from a source of choices such that each
configuration is lawful."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Choice, Rank, Whole
from gradcheck.declaration.shape import Axis, DeclarationError
from gradcheck.seeding import make_philox

SIZE_SPAN = 4
"""Usual lengths: 1 to 4 of a free size, and from its bound to 3 above it of a bounded one; enough to tell any two axes
apart."""
UNBOUNDED = 2**31
WIDE_RANGE = 16
"""Of so many values, ends are rarely drawn."""
MOST_AXES = 3


def limit_to_usual(least: int, most: int) -> int:
    """Return the longest of the usual lengths from `least` to `most`."""
    return min(most, least + SIZE_SPAN - 1)


class ChoiceSource(Protocol):
    """The origin of choices: Hypothesis, or a counter.  `least` is always the simplest choice.  Most sources keep
    lengths within the usual ones."""

    def choose(self, least: int, most: int) -> int:
        """Return a choice that changes the structure: a setting, a rank, an axis of size one."""

    def size(self, name: str, least: int, most: int) -> int:
        """Return the length of an axis."""


class PinnedChoices:
    """A `ChoiceSource` of pinned choices: one key gives equal choices in every version of every library."""

    def __init__(self, *key: object) -> None:
        self.bit_generator = make_philox(":".join(map(str, key)))

    def choose(self, least: int, most: int) -> int:
        """Return a whole number from least to most."""
        return least + int(self.bit_generator.random_raw()) % (most - least + 1)

    def size(self, name: str, least: int, most: int) -> int:
        """Return a usual length."""
        return self.choose(least, limit_to_usual(least, most))

    def draw_whole_numbers(self, count: int, below: int) -> Values:
        """Return whole numbers from 0 up to but not including `below`, shape (count,)."""
        return np.asarray(self.bit_generator.random_raw(count) % np.uint64(below), dtype=np.int64)


@dataclass(frozen=True)
class Configuration:
    """Concrete sizes and settings.  names: the value of each size and whole setting; shapes: of each input by label;
    settings: as forward takes them; arrays: the declaration of each input by label."""

    names: Mapping[str, int]
    shapes: Mapping[str, tuple[int, ...]]
    settings: Mapping[str, Any]
    arrays: Mapping[str, Array]

    @property
    def key(self) -> tuple[Any, ...]:
        """A hashable value that differs between different configurations."""
        return tuple(self.shapes.items()), tuple(sorted(self.settings.items()))


def draw_configuration(op: Op, source: ChoiceSource) -> Configuration:
    """Return a lawful configuration of op, every choice taken from source.  Raises DeclarationError where bounds leave
    no value."""
    names: dict[str, int] = {}
    settings: dict[str, Any] = {}
    most = MOST_AXES if len(op.group_names) == 1 else 2  # 4^7 elements show no more mistakes than 4^5
    groups = {
        name: [source.size(name, 1, UNBOUNDED) for _ in range(draw_rank(most, source))] for name in op.group_names
    }
    for name in op.drawing_order:
        bounds = op.settings.get(name, op.sizes.get(name))
        if isinstance(bounds, Choice):
            settings[name] = bounds.options[source.choose(0, len(bounds.options) - 1)]
            continue
        if isinstance(bounds, Rank):
            names[name] = len(groups[bounds.group])
        else:
            names[name] = draw_whole(name, bounds, names, source, name in op.settings)
        if name in op.settings:
            settings[name] = names[name]
    arrays = dict(draw_inputs(op, source))
    shapes = {label: tuple(draw_shape(array.axes, names, groups, source)) for label, array in arrays.items()}
    return Configuration(names, shapes, {name: settings[name] for name in op.settings}, arrays)


def draw_rank(most: int, source: ChoiceSource) -> int:
    """Return the number of axes of a group: n axes come n + 1 times as often as none, since mistakes about axes show
    where there are several."""
    row = source.choose(0, (most + 1) * (most + 2) // 2 - 1)
    return (math.isqrt(8 * row + 1) - 1) // 2


def draw_whole(name: str, bounds: Whole | None, names: Mapping[str, int], source: ChoiceSource, setting: bool) -> int:
    """Return a setting or a size within its bounds; a size is at least 1 unless its lower bound is a smaller
    constant."""
    least = bounds.least.value(names) if bounds else 1
    if not setting and bounds and bounds.least.names:
        least = max(least, 1)
    bounded = bounds.most.value(names) if bounds and bounds.most else None
    most = bounded if bounded is not None else limit_to_usual(least, UNBOUNDED) if setting else UNBOUNDED
    if most < least:
        raise DeclarationError(f"{name!r} has no value: from {least} to {most} with {dict(names)}")
    return choose_setting(least, most, source) if setting else source.size(name, least, most)


def choose_setting(least: int, most: int, source: ChoiceSource) -> int:
    """Return a whole setting; of a wide range, an end of it every third time."""
    if most - least < WIDE_RANGE:
        return source.choose(least, most)
    end = source.choose(0, 5)
    return least if end == 0 else most if end == 1 else source.choose(least, most)


def draw_inputs(op: Op, source: ChoiceSource) -> Iterator[tuple[str, Array]]:
    """Yield each input with its label, the members of a Several as xs[0], xs[1] …"""
    for name, declared in op.inputs.items():
        if isinstance(declared, Several):
            for member in range(source.choose(declared.least, declared.most)):
                yield f"{name}[{member}]", declared.array
        else:
            yield name, declared


def draw_shape(
    axes: tuple[Axis, ...], names: Mapping[str, int], groups: Mapping[str, list[int]], source: ChoiceSource
) -> Iterator[int]:
    """Yield the lengths of the axes of one input."""
    for axis in axes:
        match axis.kind:
            case "size":
                yield axis.expression.value(names)
            case "free":
                yield source.size(axis.text, 1, UNBOUNDED)
            case "group":
                yield from groups[axis.text]
            case "broadcast":
                whole = groups[axis.text]  # half of the inputs have all axes
                missing = source.choose(0, len(whole)) if source.choose(0, 1) else 0
                for length in whole[missing:]:
                    yield 1 if source.choose(0, 1) else length
