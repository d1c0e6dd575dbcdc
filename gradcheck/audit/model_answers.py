"""The model answers of an assignment as ops, in whose functions a student's are exchanged."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from keyword import iskeyword
from types import ModuleType
from typing import Any

from gradcheck.audit.assignment import AskedFunction, Assignment, AssignmentError, Variant
from gradcheck.audit.callers import Caller, show_callers
from gradcheck.audit.draws import Moments, compare_draws, measure_draws
from gradcheck.audit.exchangeable import Exchange, make_exchangeable
from gradcheck.audit.layer_pairs import LAYER_CALLERS, is_layer, pair_layer
from gradcheck.audit.model_ops import find_model_functions, load_model, make_model_op, make_variant_op
from gradcheck.audit.model_values import ModelValues, compare_values, measure_values
from gradcheck.checking.reference_trial import explain_reference_failure
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import Script
from gradcheck.escaping import cut_text

Announce = Callable[[Callable[[], None]], None]
WrittenPlace = tuple[str, int]
"""A file of a submission, and a line."""


@dataclass(frozen=True, eq=False)
class ModelAnswer:
    """The model answer of a row, by one convention, as an op.

    exchanges: what is called in the place of its functions: of its forward, and of its backward where there is one.
    callers: through which each calls what a student wrote, None where it is called itself.
    """

    variant: Variant
    op: Op
    exchanges: tuple[Exchange, ...]
    callers: tuple[Caller | None, ...]
    is_random: bool = False

    @cached_property
    def draws(self) -> Moments | None:
        """What the model draws, where its function draws at random; None where that is not compared."""
        return measure_draws(self.op) if self.is_random else None

    @cached_property
    def values(self) -> tuple[ModelValues, ...]:
        """What the model returns, where no formula says it."""
        return () if self.is_random or self.op.reference else measure_values(self.op)

    def compare(self, op: Op) -> str:
        """Compare an op whose functions are a student's with what the model draws or returns, where no law does; ""
        where they agree, else the difference in words."""
        return compare_draws(op, self.draws) if self.draws else compare_values(op, self.values)

    @contextmanager
    def exchange(
        self,
        functions: Sequence[Callable[..., Any]],
        places: tuple[WrittenPlace, WrittenPlace],
        announce: Announce | None = None,
    ) -> Iterator[Op]:
        """Let the op call a student's functions.  places: where forward and backward are written.  announce: as of
        `Evaluator.announce_points`."""
        _ = self.draws, self.values  # measured while the functions are the model's
        for exchange, function in zip(self.exchanges, functions, strict=True):
            exchange.target = function
        try:
            yield relocate_op(self.op, places, announce)
        finally:
            for exchange in self.exchanges:
                exchange.target = exchange.original


ModelAnswers = Mapping[str, tuple[ModelAnswer, ...]]
"""The model answers of an assignment by the names of its rows."""


def load_model_answers(assignment: Assignment) -> ModelAnswers:
    """Make the ops of all rows of an assignment: for each row those of its conventions, the main one first.  Raises
    TargetError where the file of model answers raises, and AssignmentError where a model answer is no op."""
    model = load_model(assignment.model)
    answers = {}
    for asked in assignment.functions:
        try:
            answers[asked.name] = tuple(make_model_answer(model, asked, variant) for variant in asked.variants)
        except ValueError as error:
            raise AssignmentError(f"{assignment.model}: {asked.name}: {error}") from error
    return answers


def make_model_answer(model: ModuleType, asked: AskedFunction, variant: Variant) -> ModelAnswer:
    """Make the op of a row by one convention.  Its reference is that of the model, or the model's own forward.  Raises
    AssignmentError for a class that cannot be called."""
    exchanges = tuple(map(Exchange, list_called_functions(model, variant)))
    own = make_model_op(model, asked, variant)
    called = replace(variant, backward=variant.forward, adapter="") if is_layer(model, variant) else variant
    op = make_variant_op(asked.name, called, vars(model), *(make_exchangeable(exchange) for exchange in exchanges))
    op = replace(op, reference=find_reference(own, asked.random)).with_origin(reference_is_forward=False)
    callers = choose_callers(model, variant)[: len(exchanges)]
    names = (called.forward, called.backward)
    shown = (
        show_callers(op.origin.script, zip(names, callers, strict=False)) if called is variant else own.origin.script
    )
    return ModelAnswer(called, op.with_origin(script=shown), exchanges, callers, asked.random)


def find_reference(own: Op, is_random: bool) -> Callable[..., Any] | None:
    """Return the formula of a model; None where JAX does not run it, or where it is a forward that draws at random."""
    if own.origin.reference_is_forward and (is_random or explain_reference_failure(own)):
        return None
    return own.reference


def list_called_functions(model: ModuleType, variant: Variant) -> list[Callable[..., Any]]:
    """List the functions of the model in whose place a student's are called."""
    if is_layer(model, variant):
        return list(pair_layer(getattr(model, variant.model_forward)))
    return [function for function in find_model_functions(model, variant) if function is not None]


def choose_callers(model: ModuleType, variant: Variant) -> tuple[Caller | None, ...]:
    """Choose the functions through which a student's forward and backward are called, None where directly."""
    if is_layer(model, variant):
        return tuple(Caller(inspect.getsource(caller), caller.__name__) for caller in LAYER_CALLERS)
    return tuple(Caller.of(model, name) for name in (variant.through, variant.through_backward))


def relocate_op(op: Op, places: tuple[WrittenPlace, WrittenPlace], announce: Announce | None) -> Op:
    """Return the op with its functions in the files of a submission."""
    forward, backward = (relocate(f, place) for f, place in zip((op.forward, op.backward), places, strict=True))
    if announce:
        forward.announce = announce  # type: ignore[attr-defined]
    moved = op.implemented_by(forward, backward)
    return moved.with_origin(script=relocate_script(op.origin.script, places))


def relocate(function: Callable[..., Any], place: WrittenPlace) -> Callable[..., Any]:
    """Return a function that is written at another place."""

    def relocated(*args: Any, **settings: Any) -> Any:
        return function(*args, **settings)

    relocated.written_at = place  # type: ignore[attr-defined]
    return relocated


def relocate_script(script: Script | None, places: tuple[WrittenPlace, WrittenPlace]) -> Script | None:
    """Return how a person calls the student's functions: as those of the model, imported from other modules."""
    if script is None:
        return None
    lines = script.opening.splitlines()
    imports = [line for line in lines if line.startswith("from ")]
    moved: dict[str, list[str]] = {}
    for (file, _), line in zip(places, imports, strict=False):
        moved.setdefault(file, []).append(line.rpartition(" import ")[2])
    written = [write_import(file, ", ".join(names)) for file, names in moved.items()]
    return replace(script, opening="\n".join([*written, *(line for line in lines if line not in imports)]))


def write_import(file: str, names: str) -> str:
    """Write how a person has names of a file of a submission; of a notebook, or a file that cannot be imported by its
    name, where they are."""
    module = file.removesuffix(".py").replace("/", ".")
    if file.endswith(".py") and all(part.isidentifier() and not iskeyword(part) for part in module.split(".")):
        return f"from {module} import {names}"
    return f"# {names}: from {cut_text(file)}"
