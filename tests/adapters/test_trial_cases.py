"""In a trial every axis has a length of its own."""

from gradcheck import adapt
from gradcheck.adapters.trial_cases import FALLING_LENGTHS, MIXED_LENGTHS, draw_trial_case
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
