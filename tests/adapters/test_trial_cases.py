"""In a trial every axis has a length of its own."""

from dataclasses import replace

import numpy as np

from gradcheck import Array, adapt
from gradcheck.adapters.trial_cases import (
    FALLING_LENGTHS,
    MIXED_LENGTHS,
    VALUES_OF_TRIAL,
    draw_trial_case,
    draw_trial_inputs,
)
from gradcheck.records.case import LARGE
from tests.adapters.test_inference import affine, affine_backward

OP = adapt(affine, affine_backward, x="N D", w="D M", b="M")


def test_axes_differ_from_each_other_and_from_one():
    shapes = [a.shape for a in draw_trial_case(OP).point]
    lengths = {length for shape in shapes for length in shape}
    assert shapes[0][1] == shapes[1][0]
    assert (len(lengths), 1 in lengths) == (3, False)


def test_other_lengths_give_other_shapes():
    cases = [draw_trial_case(OP, lengths) for lengths in (MIXED_LENGTHS, FALLING_LENGTHS)]
    assert cases[0].shapes != cases[1].shapes


def test_the_inputs_of_a_trial_need_no_forward():
    case, inputs = draw_trial_case(OP), draw_trial_inputs(OP)
    assert all(map(np.array_equal, case.point, inputs.point))
    assert inputs.upstream == ()


def test_a_large_trial_repeats_few_values():
    op = replace(OP, inputs={"x": Array(f"2 {LARGE}")})
    (x,) = draw_trial_inputs(op).point
    assert x.shape == (2, LARGE)
    assert np.unique(x).size == VALUES_OF_TRIAL
    assert not np.array_equal(x[0], x[1])
    assert x.all()
