"""Patterns: the shapes of a case, and its whole-number settings, with a symbol in place of everything that may vary, so
that one trace serves all cases of the pattern."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Rank, Whole
from gradcheck.declaration.shape import Axis, parse_expression

Size = int | str
"""A length that all cases of the pattern share, or an expression over symbols."""
Pattern = tuple[tuple[Size, ...], ...]
Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class FreeSetting:
    """A setting that the trace leaves open: an expression over a symbol of its own, which is at least 1."""

    text: str


def find_free_settings(op: Op, settings: Mapping[str, Any]) -> dict[str, FreeSetting]:
    """Return the settings that may be symbols: whole numbers from some number on."""
    free: dict[str, FreeSetting] = {}
    for name, declared in op.settings.items():
        value = settings.get(name)
        if isinstance(declared, Whole) and not declared.least.names and isinstance(value, (int, np.integer)):
            least = declared.least.value({})
            if value >= least and not isinstance(value, bool):
                free[name] = FreeSetting(f"s{len(free)}" + (f" - {1 - least}" if least < 1 else ""))
    return free


def make_pattern(
    op: Op,
    labels: Sequence[str],
    shapes: Shapes,
    settings: Mapping[str, Any],
    free: Mapping[str, FreeSetting] | None = None,
) -> Pattern:
    """Return the sizes of each input.  Axes of one name share a symbol; ranks, settings that are not free, empty axes
    and those of length one that broadcast are static.  Returns the shapes themselves where they do not fit the
    declaration, or one is empty."""
    whole = tuple((name, int(v)) for name, v in settings.items() if isinstance(v, (int, np.integer)))
    texts = tuple((name, f.text) for name, f in (free or {}).items())
    groups = {name: declared.group for name, declared in op.settings.items() if isinstance(declared, Rank)}
    ranks = tuple((groups[name], n) for name, n in whole if name in groups)
    return compute_pattern(tuple(labels), tuple(op.array(label).axes for label in labels), shapes, whole, texts, ranks)


@lru_cache(maxsize=4096)
def compute_pattern(
    labels: tuple[str, ...],
    axes: tuple[tuple[Axis, ...], ...],
    shapes: Shapes,
    whole: tuple[tuple[str, int], ...],
    free: tuple[tuple[str, str], ...],
    ranks: tuple[tuple[str, int], ...] = (),
) -> Pattern:
    """Compute the pattern of `make_pattern`, cached by hashable arguments.  ranks: the number of axes of each group
    that a setting tells."""
    if any(0 in shape for shape in shapes):
        return shapes
    known = dict(ranks)
    if any(count_unknown_groups(input_axes, known) > 1 for input_axes in axes):
        return make_pattern_by_length(shapes)
    words = [tuple(name_axes(*row, known)) for row in zip(axes, shapes, labels, strict=True)]
    settings, symbols = dict(whole), dict[str, tuple[str, int]]()
    for names, shape in zip(words, shapes, strict=True):
        if len(names) != len(shape):
            return shapes
        for word, length in zip(names, shape, strict=True):
            own = word.startswith("*") or (word.isidentifier() and word not in settings)
            if own and symbols.setdefault(word, (f"d{len(symbols)}", length))[1] != length:
                return shapes
    for names, shape in zip(words, shapes, strict=True):
        for word, length in zip(names, shape, strict=True):
            symbols |= solve_symbol(word, length, symbols, settings, dict(free))
    return tuple(
        tuple(
            express_size(word, length, symbols, settings, dict(free)) for word, length in zip(names, shape, strict=True)
        )
        for names, shape in zip(words, shapes, strict=True)
    )


def make_pattern_by_length(shapes: Shapes) -> Pattern:
    """Return a pattern in which axes of one length share a symbol: where an input has several groups of axes whose
    ranks no setting tells, its shape does not determine them."""
    symbols: dict[int, Size] = {1: 1}
    return tuple(tuple(symbols.setdefault(length, f"d{len(symbols)}") for length in shape) for shape in shapes)


def count_unknown_groups(axes: Sequence[Axis], ranks: Mapping[str, int]) -> int:
    """Count the groups of axes of an input whose ranks are not known; one that broadcasts may have fewer axes."""
    return sum(axis.kind == "broadcast" or (axis.kind == "group" and axis.text not in ranks) for axis in axes)


def name_axes(axes: Sequence[Axis], shape: tuple[int, ...], label: str, ranks: Mapping[str, int]) -> Iterator[str]:
    """Yield the name of each axis of an input: "1" for one that broadcasts, "*S-1" for the last of a group.  ranks: of
    the groups whose number of axes is known; another one has the axes that the others leave."""
    sizes = sum(axis.kind in ("size", "free") for axis in axes)
    rest = len(shape) - sizes - sum(ranks.get(axis.text, 0) for axis in axes if axis.kind == "group")
    first = 0
    for axis in axes:
        many = ranks.get(axis.text, rest) if axis.kind == "group" else rest if axis.kind == "broadcast" else 1
        if axis.kind == "size":
            yield axis.text
        elif axis.kind == "free":
            yield f"*{axis.text}?{label}"
        else:
            for i in range(many):
                repeats = axis.kind == "broadcast" and shape[first + i] == 1
                yield "1" if repeats else f"*{axis.text}{i - many}"
        first += many


def solve_symbol(
    word: str,
    length: int,
    symbols: Mapping[str, tuple[str, int]],
    settings: Mapping[str, int],
    free: Mapping[str, str],
) -> dict[str, tuple[str, int]]:
    """Return a symbol for the single name in an expression that is nowhere an axis of its own, as M in groups*M, or for
    the whole expression where the name cannot be read off it, as H in H+K-1; empty where there is no such name."""
    if word.startswith("*"):
        return {}
    known = {n: v for n, (_, v) in symbols.items()} | dict(settings)
    written = parse_expression(word)
    unknown = written.names - known.keys()
    if len(unknown) != 1:
        return {}
    (name,) = unknown
    values = (v for v in range(1, length + 1) if written.value(known | {name: v}) == length)
    value = next(values, None)
    if value is None:
        return {}
    others = (written.names - unknown) & (symbols.keys() | free.keys())
    is_readable = not others or (len(others) == 1 and word in (f"{name}*{min(others)}", f"{min(others)}*{name}"))
    return {name: (f"d{len(symbols)}", value)} if is_readable else {word: (f"d{len(symbols)}", length)}


def express_size(
    word: str,
    length: int,
    symbols: Mapping[str, tuple[str, int]],
    settings: Mapping[str, int],
    free: Mapping[str, str],
) -> Size:
    """Return the symbol of an axis, an expression over several, or its length where a name in it has no symbol."""
    if word in symbols:
        return symbols[word][0]
    written = parse_expression(word)
    values = {n: v for n, (_, v) in symbols.items()} | dict(settings)
    known = written.names <= values.keys() and written.value(values) == length
    if not known or not written.names & (symbols.keys() | free.keys()):
        return length
    texts = {n: s for n, (s, _) in symbols.items()} | {n: str(v) for n, v in settings.items()}
    texts |= {n: s if s.isidentifier() else f"({s})" for n, s in free.items()}
    return re.sub(r"[A-Za-z_]\w*", lambda name: texts[name[0]], word)
