"""A reference that is the forward itself is kept where JAX runs it and it computes the same."""

from dataclasses import replace

import numpy as np

from gradcheck.checking.reference_trial import (
    VALUE_DIFFERS_REASON,
    drop_unusable_reference,
    explain_reference_failure,
    with_usable_reference,
)
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op

SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, inputs={"x": Array("N")})


def borrow(reference):
    """The op whose reference is said to be its own forward."""
    return replace(SQUARE, reference=reference).with_origin(reference_is_forward=True)


def convert_to_numpy(x):
    return np.asarray(x) ** 2


def test_a_reference_that_computes_the_same_is_kept_and_named():
    op = with_usable_reference(borrow(lambda x: x * x))
    assert op.reference is not None
    assert op.origin.notes == ("autodiff: of the forward itself, under jax.numpy",)


def test_a_reference_that_jax_cannot_run_is_left_out_with_the_reason():
    op = with_usable_reference(borrow(convert_to_numpy))
    assert (op.reference, op.origin.reference_is_forward) == (None, False)
    (note,) = op.origin.notes
    assert note.startswith("no reference: forward does not run under jax.numpy (TracerArrayConversionError")
    assert "\n" not in note


def test_a_reference_that_computes_something_else_is_left_out():
    assert explain_reference_failure(borrow(lambda x: x + 1)) == VALUE_DIFFERS_REASON
    assert with_usable_reference(borrow(lambda x: x + 1)).reference is None


def test_a_reference_of_the_users_own_is_not_tried():
    op = replace(SQUARE, reference=convert_to_numpy)
    assert with_usable_reference(op) is op


def test_a_written_reference_is_dropped_only_where_jax_cannot_differentiate_it():
    wrong, unusable = (replace(SQUARE, reference=r) for r in (lambda x: namespace(x).sin(x), convert_to_numpy))
    assert drop_unusable_reference(wrong) is wrong
    dropped = drop_unusable_reference(unusable)
    assert dropped.reference is None
    assert dropped.origin.notes[0].startswith("no reference: JAX does not differentiate it (")
