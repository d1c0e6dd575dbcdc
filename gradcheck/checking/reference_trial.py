"""The trial of a reference: the forward under jax.numpy, or a given formula, is used only where JAX runs it
correctly."""

from dataclasses import replace

from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.case_building import make_pinned_case
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.isolation import silence_warnings
from gradcheck.laws.value import differs_from_reference
from gradcheck.records.subject import Part

VALUE_DIFFERS_REASON = "it computes something else there"
REFERENCE_TRIAL_CASES = 3
"""Cases in which the forward under jax.numpy has to agree with the forward."""


def with_usable_reference(op: Op, point: Evaluator | None = None) -> Op:
    """Return the op with its forward as reference, or without a reference where that fails; and a note on which it
    is.  point: of a large case, in which alone it is tried."""
    if not op.origin.reference_is_forward:
        return op
    reason = explain_reference_failure(op, point)
    if reason:
        note = f"no reference: forward does not run under jax.numpy ({reason})"
        return replace(op, reference=None).with_origin(reference_is_forward=False).with_note(note)
    return op.with_note("autodiff: of the forward itself, under jax.numpy")


def drop_unusable_reference(op: Op) -> Op:
    """Return the op with its reference, or, where JAX cannot differentiate that, without it and with a note."""
    reason = explain_reference_failure(op)
    if reason in ("", VALUE_DIFFERS_REASON):
        return op
    return replace(op, reference=None).with_note(f"no reference: JAX does not differentiate it ({reason})")


def explain_reference_failure(op: Op, point: Evaluator | None = None) -> str:
    """Return why a reference is unusable; "" where JAX runs it and its values agree with the forward's.  point: of a
    large case, in which alone it is tried."""
    for i in range(REFERENCE_TRIAL_CASES):
        try:
            with silence_warnings():
                evaluator = point.with_op(op) if point else make_trial(op, i)
                different = differs_from_reference(evaluator, evaluator.case.upstream)
            if different:
                return VALUE_DIFFERS_REASON
            if evaluator.case.is_large:
                break
        except UserError as error:
            if error.part is Part.REFERENCE:
                return shorten_jax_message(error)
        except Malformed:
            continue
    return ""


def make_trial(op: Op, number: int) -> Evaluator:
    """Return the evaluator of a trial case."""
    configuration = draw_configuration(op, PinnedChoices("borrowed", number))
    return Evaluator(op, make_pinned_case(op, configuration, "plain", PinnedChoices("borrowed values", number)))


def shorten_jax_message(error: UserError) -> str:
    """Return JAX's message without its advice."""
    return str(error).removeprefix("reference raised ").split(r"\n")[0].split(". ")[0]
