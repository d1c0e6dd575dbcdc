"""The op on the shapes that its forward accepts, where it refuses some that were annotated or guessed."""

from dataclasses import replace

from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import NotChecked
from gradcheck.escaping import cut_text
from gradcheck.evaluation.evaluator import UserError
from gradcheck.generation.shape_relations import describe_opposites, has_one_shape
from gradcheck.generation.shape_trials import (
    FAULTY_KINDS,
    NarrowerDeclaration,
    Refusals,
    declare_relations,
    find_refusals,
    is_raised_by_itself,
    is_refusal,
)


def keep_accepted_shapes(op: Op) -> Op:
    """Return the op declared on the shapes that forward accepts, and told which it refuses.  Where it raises by
    mistake, the op stays as it is, and the crash is found."""
    if has_one_shape(op) and not op.settings:
        return op
    refusals = find_refusals(op)
    if not refusals.accepted or not refusals.refused:
        return op
    lawful = tuple(r for r in refusals.relations if is_refusal(op, r, refusals.select(r)))
    has_mistakes = lawful != refusals.relations
    if not lawful:
        return op.with_origin(refuses_shapes=False) if has_mistakes else tell_unknown_refusals(op, refusals)
    narrower = declare_relations(op, lawful, is_tested=not has_mistakes)
    shapes = f"shapes with {describe_opposites(lawful)}"
    told = tell_refusal(op, shapes, refusals.select(lawful[0])[0], narrower)
    if narrower is None:
        return told.with_origin(refuses_shapes=not has_mistakes)
    origin = replace(told.origin, refuses_shapes=False if has_mistakes else None)
    return replace(narrower.op, origin=origin)


def tell_refusal(op: Op, shapes: str, error: UserError, narrower: NarrowerDeclaration | None) -> Op:
    """Return the op that tells of refused shapes: as not checked where they were declared, in a note where they were a
    guess."""
    declare = f"; declare {narrower.words}" if narrower else ""
    said = cut_text(str(error))
    if op.origin.shapes_inferred:
        return op.with_note(f"forward refuses {shapes} ({said})")
    return op.with_origin(not_checked=(*op.origin.not_checked, NotChecked(shapes, f"{said}{declare}")))


def tell_unknown_refusals(op: Op, refusals: Refusals) -> Op:
    """Return the op that tells of refused shapes which no known relation separates from the others.  Where nobody
    refuses by such exceptions, the op stays as it is."""
    if op.origin.shapes_inferred:
        return op
    errors = [trial.error for trial in refusals.refused if trial.error is not None]
    if any(issubclass(e.kind, FAULTY_KINDS) and not is_raised_by_itself(op, e) for e in errors):
        return op
    smallest = min(refusals.refused, key=lambda trial: sum(sum(shape) for _, shape in trial.shapes))
    shapes = " and ".join(f"{label} {shape}" for label, shape in smallest.shapes)
    share = f"{len(refusals.refused)} of {len(refusals.refused) + len(refusals.accepted)} shapes, such as {shapes}"
    return tell_refusal(op, share, errors[0], None).with_origin(refuses_shapes=True)
