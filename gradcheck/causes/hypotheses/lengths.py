"""The lengths of axes by names that are the same in all cases: those of the declaration, or "axis 1 of x"."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

from gradcheck.causes.names import join_names, name_declared_axes
from gradcheck.causes.telling_cases import DifferentLengths
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError, Expression
from gradcheck.generation.case_building import make_pinned_case
from gradcheck.generation.configuration import Configuration, PinnedChoices, draw_configuration

PROBED = 5
"""Configurations at which the shapes of the outputs are looked at, to learn which of their axes have which name."""

MOST_LENGTHS = 3
"""Lengths whose product is taken."""


@dataclass(frozen=True)
class Quantity:
    """A whole number that follows from the shapes of a case.  words: "the length of N", "the lengths of N and H".
    is_product: whether it is the product of several lengths."""

    words: str
    value: int
    is_product: bool = False


def name_input_axes(case: WrongCase, label: str) -> list[tuple[int, str]]:
    """Return the axes of an input with their names.  The last of a group of axes has two: its number and "the last
    axis", of which one is the same in all cases."""
    array, shape = case.op.array(label), case.case.inputs[label].shape
    return name_declared_axes(label, array.axes, len(shape))


def has_fixed_rank(case: WrongCase, label: str) -> bool:
    """Whether an input has as many axes in every case."""
    return all(axis.kind in ("size", "free") for axis in case.op.array(label).axes)


def measure_named_lengths(case: WrongCase) -> dict[str, int]:
    """Return the lengths of the axes of inputs, and of the sizes that their lengths speak of, by name; without those
    that the declaration fixes."""
    lengths = dict[str, int]()
    for label, a in case.case.inputs.items():
        axes = case.op.array(label).axes
        for k, name in name_input_axes(case, label):
            is_fixed = has_fixed_rank(case, label) and axes[k].kind == "size" and axes[k].text.isdigit()
            if not is_fixed:
                lengths.setdefault(name, a.shape[k])
    return solve_for_sizes(lengths)


def solve_for_sizes(lengths: Mapping[str, int]) -> dict[str, int]:
    """Return the lengths with those of sizes that stand in an expression alone, as H in "4*H"."""
    found = dict(lengths)
    for text, length in lengths.items():
        unknown = read_names(text) - found.keys()
        if len(unknown) == 1:
            (name,) = unknown
            known = {n: found[n] for n in read_names(text) & found.keys()}
            found |= next(({name: n} for n in range(1, length + 1) if solves(text, {**known, name: n}, length)), {})
    return found


def read_names(text: str) -> frozenset[str]:
    """Return the names in the text of an axis; none where it is no expression."""
    try:
        return Expression(text).names
    except DeclarationError:
        return frozenset()


def solves(text: str, names: Mapping[str, int], length: int) -> bool:
    """Whether an expression has a value with these names."""
    try:
        return Expression(text).value(names) == length
    except ArithmeticError:
        return False


def probe_output_shapes(op: Op) -> Iterator[tuple[Configuration, tuple[tuple[int, ...], ...]]]:
    """Yield some configurations with the shapes that the outputs have there."""
    for number in range(PROBED):
        try:
            configuration = draw_configuration(op, DifferentLengths(number))
        except DeclarationError:
            continue
        case = make_pinned_case(op, configuration, "plain", PinnedChoices("probe", number))
        if case.upstream:
            yield configuration, tuple(u.shape for u in case.upstream)


def name_output_axes(case: WrongCase, j: int) -> list[tuple[int, str]]:
    """Return the axes of an output with their names: those of an input that always has its shape, or of the sizes that
    always have their lengths, else "axis 1 of y"."""
    probes, name, ndim = list(probe_output_shapes(case.op)), case.op.outputs[j], case.upstream[j].ndim
    for label in case.labels:
        if probes and all(c.shapes.get(label) == shapes[j] for c, shapes in probes):
            return name_input_axes(case, label)
    if any(len(shapes[j]) != ndim for _, shapes in probes):
        last = [(ndim - 1, f"the last axis of {name}")] if ndim else []
        return [*((k, f"axis {k} of {name}") for k in range(ndim)), *last]
    return [(k, name_axis_by_length(probes, j, k) or f"axis {k} of {name}") for k in range(ndim)]


def name_axis_by_length(
    probes: Sequence[tuple[Configuration, tuple[tuple[int, ...], ...]]], j: int, k: int
) -> str | None:
    """Return the size that always has the length of one axis of an output, where that varies."""
    lengths = [shapes[j][k] for _, shapes in probes]
    if len(set(lengths)) < 2:
        return None
    names = (name for name in probes[0][0].names if [c.names.get(name) for c, _ in probes] == lengths)
    return next(names, None)


def measure_lengths(case: WrongCase) -> dict[str, int]:
    """Return the lengths of the axes of inputs and outputs by name."""
    lengths = measure_named_lengths(case)
    for j, u in enumerate(case.upstream):
        for k, name in name_output_axes(case, j):
            lengths.setdefault(name, u.shape[k])
    return lengths


def measure_quantities(case: WrongCase) -> list[Quantity]:
    """Return the lengths of axes, the products of up to MOST_LENGTHS of them, and the numbers of elements of arrays
    with more axes, or with a number of axes that varies."""
    lengths = measure_lengths(case)
    found = [Quantity(f"the length of {name}", n) for name, n in lengths.items()]
    for count in range(2, MOST_LENGTHS + 1):
        for names in combinations(lengths, count):
            found.append(Quantity(f"the lengths of {join_names(names)}", prod(lengths[name] for name in names), True))
    for label, a in case.case.inputs.items():
        if a.ndim > MOST_LENGTHS or not has_fixed_rank(case, label):
            found.append(Quantity(f"the number of elements of {label}", a.size))
        if a.ndim and not has_fixed_rank(case, label):
            found.append(Quantity(f"the number of rows of {label}", prod(a.shape[:-1])))
    for name, u in zip(case.op.outputs, case.upstream, strict=True):
        if u.ndim > MOST_LENGTHS or not all(has_fixed_rank(case, label) for label in case.labels):
            found.append(Quantity(f"the number of elements of {name}", u.size))
    return found
