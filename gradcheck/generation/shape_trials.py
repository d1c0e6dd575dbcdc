"""Trials of shapes: which of the declared ones a forward accepts, and the declaration of those alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op, locate_definition
from gradcheck.declaration.settings import Whole
from gradcheck.declaration.shape import DeclarationError, NameValues
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.evaluation.outside_stops import stands_at_raise, walk_traceback
from gradcheck.generation.case_building import make_case_without_upstream
from gradcheck.generation.configuration import (
    SIZE_SPAN,
    Configuration,
    PinnedChoices,
    draw_configuration,
    limit_to_usual,
)
from gradcheck.generation.shape_relations import (
    NAME,
    Relation,
    RelationKind,
    find_shape_relations,
    list_axis_names,
    list_relations,
    list_sizes,
)
from gradcheck.isolation import silence_warnings
from gradcheck.process_exit import ProcessExitError
from gradcheck.records.case import Case

FEW_SHAPES = 24
"""Shapes that are tried first; where forward accepts all of them, no more are."""
MANY_SHAPES = 192
"""Shapes from which a relation is read: more than there are relations, so that none holds by accident."""
FAULTY_KINDS = (
    *(LookupError, TypeError, ArithmeticError, AttributeError, NameError, MemoryError),
    *(ProcessExitError, SystemExit),
)
"""Exceptions by which no code refuses a shape, unless it raises them itself."""


class TrialChoices:
    """A `ChoiceSource` of pinned choices, in which every fourth configuration has longer axes: a length of 4 alone is
    told from multiples of 4, and from lengths of at least 4."""

    def __init__(self, op: Op, number: int) -> None:
        self.counter = PinnedChoices("shapes", number)
        bounded = {name for name, bounds in op.sizes.items() if bounds.most is not None}
        self.lengthened = {*list_sizes(op)} - bounded if number % 4 == 0 else set()

    def choose(self, least: int, most: int) -> int:
        """Return a pinned choice."""
        return self.counter.choose(least, most)

    def size(self, name: str, least: int, most: int) -> int:
        """Return a pinned length."""
        return self.counter.choose(least, limit_to_usual(least, most) + SIZE_SPAN * (name in self.lengthened))


@dataclass(frozen=True)
class ShapeTrial:
    """One configuration: its sizes and whole settings, the shapes of its inputs, and what forward raises there whatever
    the values, None where it runs."""

    names: NameValues
    shapes: tuple[tuple[str, tuple[int, ...]], ...]
    error: UserError | None


def try_declared_shapes(op: Op, count: int, first: int = 0) -> list[ShapeTrial]:
    """Try configurations number `first` to `count` of the declaration."""
    with silence_warnings():
        drawn = {i: draw_configuration(op, TrialChoices(op, i)) for i in range(first, count)}
        return [try_configuration(op, configuration, i) for i, configuration in drawn.items()]


def try_configuration(op: Op, configuration: Configuration, number: int) -> ShapeTrial:
    """Run forward in one configuration, until it accepts some values.  Raises DeclarationError for a length below
    zero."""
    if any(length < 0 for shape in configuration.shapes.values() for length in shape):
        raise DeclarationError(f"op {op.name!r} has a length below zero: {dict(configuration.shapes)}")
    whole = {name: value for name, value in configuration.settings.items() if type(value) is int}
    case = make_case_without_upstream(op, configuration, "plain", PinnedChoices("values of shapes", number))
    error = catch_error_of_shapes(op, case)
    return ShapeTrial({**configuration.names, **whole}, tuple(configuration.shapes.items()), error)


def catch_forward_error(op: Op, case: Case) -> UserError | None:
    """Return what forward raises on a case; None where it runs."""
    try:
        Evaluator(op, case).outputs(case.point)
    except UserError as error:
        return error
    except Malformed:
        pass
    return None


def make_plain_cases(op: Op, case: Case) -> Iterator[Case]:
    """Make cases of equal shapes whose values hardly any forward refuses: ones, halves, and unit matrices."""
    declared = op.input_declarations(tuple(case.inputs))
    for make in (np.ones, make_halves, make_unit_matrices):
        rows = zip(declared.domains, case.point, declared.differentiable, strict=True)
        yield case.at(tuple(domain.map(make(a.shape), {}) if moves else a for domain, a, moves in rows), ())


def make_halves(shape: tuple[int, ...]) -> Values:
    """Return an array of halves."""
    return np.full(shape, 0.5)


def make_unit_matrices(shape: tuple[int, ...]) -> Values:
    """Return unit matrices along the last two axes, ones where there is one axis or none."""
    return np.ones(shape) * (np.eye(shape[-2], shape[-1]) if len(shape) > 1 else 1.0)


def catch_error_of_shapes(op: Op, case: Case) -> UserError | None:
    """Return what forward raises on a case and on plain values of its shapes as well; None where it runs on any."""
    error = catch_forward_error(op, case)
    for other in make_plain_cases(op, case) if error else ():
        error = error and catch_forward_error(op, other)
    return error


@dataclass(frozen=True)
class Refusals:
    """The shapes that a forward refuses.

    accepted, refused: trials of both kinds.  relations: those that accepted shapes satisfy, empty where none is known.
    """

    accepted: Sequence[ShapeTrial]
    refused: Sequence[ShapeTrial]
    relations: tuple[Relation, ...] = ()

    def select(self, relation: Relation) -> list[UserError]:
        """Select what forward raises where a relation does not hold."""
        return [t.error for t in self.refused if t.error is not None and not relation.holds(t.names)]


def find_refusals(op: Op) -> Refusals:
    """Find which shapes a forward accepts, and by which relation, where it accepts some and refuses others."""
    trials = try_declared_shapes(op, FEW_SHAPES)
    if len({trial.error is None for trial in trials}) == 2:
        trials += try_declared_shapes(op, MANY_SHAPES, FEW_SHAPES)
    accepted = [trial for trial in trials if trial.error is None]
    refused = [trial for trial in trials if trial.error is not None]
    if not accepted or not refused:
        return Refusals(accepted, refused)
    listed, without = list_relations(op), [trial.names for trial in refused]
    relations = find_shape_relations(listed, [trial.names for trial in accepted], without)
    if not relations:  # an axis of length one may be accepted since it broadcasts
        long = [t.names for t in accepted if all(t.names[size] > 1 for size in list_sizes(op))]
        relations = find_shape_relations(listed, long, without) if long else ()
    return Refusals(accepted, refused, relations)


def is_refusal(op: Op, relation: Relation, errors: Iterable[UserError]) -> bool:
    """Whether shapes that break a relation are refused, and not mistaken.

    What forward raises by a statement of its own is a refusal.  What NumPy raises within it is one where an axis is too
    short for an axis of another input, for a setting or for more than one element, or is no multiple.  It is a mistake
    where axes of length one alone raise, where two lengths have to be equal, where two axes of one declared input are
    confused, and for kinds of exceptions by which nobody refuses.
    """
    errors = list(errors)
    if all(is_raised_by_itself(op, error) for error in errors):
        return True
    if any(issubclass(error.kind, FAULTY_KINDS) for error in errors) or relation.kind is RelationKind.EQUAL:
        return False
    others = re.findall(NAME, relation.right)
    confused = not op.origin.shapes_inferred and any(stand_in_one_input(op, relation.size, n) for n in others)
    return not confused and (relation.kind is RelationKind.MULTIPLE or relation.right != "2")


def is_raised_by_itself(op: Op, error: UserError) -> bool:
    """Whether forward raises an exception by a statement of its own file."""
    original = error.__cause__
    entries = list(walk_traceback(original)) if isinstance(original, Exception) else []
    if not entries or entries[-1].tb_frame.f_code.co_filename != locate_definition(op.forward)[0]:
        return False
    return stands_at_raise(entries[-1])


def stand_in_one_input(op: Op, size: str, other: str) -> bool:
    """Whether two sizes are axes of one input."""
    arrays = (d.array if isinstance(d, Several) else d for d in op.inputs.values())
    return any({size, other} <= {*list_axis_names(array)} for array in arrays)


@dataclass(frozen=True)
class NarrowerDeclaration:
    """An op whose declaration leaves out shapes, and what to write for it."""

    op: Op
    words: str


def declare_relations(op: Op, relations: Sequence[Relation], is_tested: bool = True) -> NarrowerDeclaration | None:
    """Declare relations in the shapes, or by bounds of sizes, which come first where no adapter made the op; None where
    neither is possible.  is_tested: whether forward may raise on none of the shapes that are left."""
    ways = (declare_axes, declare_bounds) if op.origin.is_adapted else (declare_bounds, declare_axes)
    for declare in ways:
        try:
            narrower = declare(op, relations)
            trials = try_declared_shapes(narrower.op, 2 * FEW_SHAPES)
        except DeclarationError:
            continue
        if not is_tested or not any(trial.error for trial in trials):
            return narrower
    return None


def declare_bounds(op: Op, relations: Sequence[Relation]) -> NarrowerDeclaration:
    """Declare bounds of sizes.  Raises DeclarationError, also where a relation is no bound, or there is one already."""
    bounds = {r.size: r.bound for r in relations if r.bound is not None and r.size not in op.sizes}
    if len(bounds) < len(relations):
        raise DeclarationError(f"op {op.name!r}: these are no bounds of sizes")
    words = ", ".join(f"{size!r}: whole({format_bound(bound)}, None)" for size, bound in bounds.items())
    return NarrowerDeclaration(replace(op, sizes={**op.sizes, **bounds}), f"sizes={{{words}}}")


def format_bound(bound: Whole) -> str:
    """Format the least value of a bound."""
    return bound.least.text if bound.least.text.isdigit() else repr(bound.least.text)


def declare_axes(op: Op, relations: Sequence[Relation]) -> NarrowerDeclaration:
    """Declare other axes in the shapes.  Raises DeclarationError, also where such an axis is bounded or the batch."""
    axes = {relation.size: relation.axis for relation in relations}
    if len(axes) < len(relations) or axes.keys() & {*op.sizes, op.batch}:
        raise DeclarationError(f"op {op.name!r}: an axis cannot be declared twice")
    inputs = {
        name: replace(d, array=replace_axes(d.array, axes)) if isinstance(d, Several) else replace_axes(d, axes)
        for name, d in op.inputs.items()
    }
    changed = {n: d.array if isinstance(d, Several) else d for n, d in inputs.items() if d != op.inputs[n]}
    words = ", ".join(f'{name}: "{array.shape}"' for name, array in changed.items())
    return NarrowerDeclaration(replace(op, inputs=inputs), words)


def replace_axes(array: Array, axes: dict[str, str]) -> Array:
    """Replace axes by what they measure, also within expressions."""

    def replace_name(name: re.Match[str]) -> str:
        return f"({axes[name[0]]})" if name[0] in axes else name[0]

    words = [axes.get(word) or re.sub(NAME, replace_name, word) for word in array.shape.split()]
    return replace(array, shape=" ".join(words)) if words != array.shape.split() else array
