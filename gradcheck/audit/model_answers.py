"""The model answers of an assignment as ops, in whose functions a student's are exchanged."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.audit.assignment import AskedFunction, Assignment, Variant
from gradcheck.audit.exchangeable import Exchange, make_exchangeable
from gradcheck.audit.model_ops import find_backward, load_model, make_model_op, make_variant_op
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import Script

Place = tuple[str, int]
"""A file of a submission, and a line."""


@dataclass(frozen=True, eq=False)
class ModelAnswer:
    """The model answer of a row, by one convention, as an op.

    forward, backward: what is called in the place of its functions; backward is None where forward holds both.
    """

    asked: AskedFunction
    variant: Variant
    op: Op
    forward: Exchange
    backward: Exchange | None

    @contextmanager
    def exchange(self, forward: Any, backward: Any, places: tuple[Place, Place]) -> Iterator[Op]:
        """Let the op call a student's functions.  places: where these are written."""
        self.forward.target = forward
        if self.backward is not None:
            self.backward.target = backward
        try:
            yield relocate_op(self.op, places)
        finally:
            for exchange in filter(None, (self.forward, self.backward)):
                exchange.restore()


ModelAnswers = Mapping[str, tuple[ModelAnswer, ...]]
"""The model answers of an assignment by the names of its rows."""


def load_model_answers(assignment: Assignment) -> ModelAnswers:
    """Make the ops of all rows of an assignment: for each row those of its conventions, the main one first.
     Raises TargetError where the file of model answers raises, and what `adapt` raises."""
    model = load_model(assignment.model)

    def make(asked: AskedFunction, variant: Variant) -> ModelAnswer:
        own = make_model_op(model, asked, variant)
        forward, exchanged = make_exchangeable(getattr(model, variant.model_forward))
        written = find_backward(model, variant)
        backward, pulled = make_exchangeable(written) if written is not None else (None, None)
        op = make_variant_op(asked.name, variant, vars(model), forward, backward)
        op = replace(op, reference=own.reference).with_origin(reference_is_forward=False)
        return ModelAnswer(asked, variant, op, exchanged, pulled)

    return {asked.name: tuple(make(asked, v) for v in asked.variants) for asked in assignment.functions}


def relocate_op(op: Op, places: tuple[Place, Place]) -> Op:
    """Return the op with its functions in the files of a submission."""
    forward, backward = (relocate(f, place) for f, place in zip((op.forward, op.backward), places, strict=True))
    moved = op.implemented_by(forward, backward)
    return moved.with_origin(script=relocate_script(op.origin.script, places))


def relocate(function: Callable[..., Any], place: Place) -> Callable[..., Any]:
    """Return a function that is written at another place."""

    def relocated(*args: Any, **settings: Any) -> Any:
        return function(*args, **settings)

    relocated.written_at = place  # type: ignore[attr-defined]
    return relocated


def relocate_script(script: Script | None, places: tuple[Place, Place]) -> Script | None:
    """Return how a person calls the student's functions: as those of the model, imported from other modules."""
    if script is None:
        return None
    modules = [file.removesuffix(".py").replace("/", ".") for file, _ in places]
    lines = script.opening.splitlines()
    imported = [line.rpartition(" import ") for line in lines if " import " in line]
    moved = [f"from {module} import {names}" for module, (_, _, names) in zip(modules, imported, strict=False)]
    return replace(script, opening="\n".join(dict.fromkeys(moved)))
