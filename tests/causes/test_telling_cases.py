"""Telling cases have axes of different lengths, none of them one."""

from gradcheck import adapt
from gradcheck.causes.telling_cases import draw_telling_cases, draw_telling_points
from gradcheck.causes.wrong_case import MOST_DIFFERENTIATED
from tests.causes.ops import affine_with

RIGHT = affine_with(lambda gradients, dy: gradients)


def test_axes_have_different_lengths():
    cases = list(draw_telling_points(RIGHT, 0))
    assert len(cases) > 12
    for case in cases:
        lengths = {*case.inputs["x"].shape, *case.inputs["w"].shape}
        assert len(lengths) == 3
        assert min(lengths) > 1


def test_equal_seeds_give_equal_cases():
    first, again = (next(draw_telling_points(RIGHT, 3)) for _ in range(2))
    assert first.digest == again.digest
    assert first.digest != next(draw_telling_points(RIGHT, 4)).digest


def test_cases_hold_what_backward_returns_and_what_is_right():
    case = next(draw_telling_cases(RIGHT, 0))
    assert not any(map(case.is_wrong, case.differentiable))


def test_what_is_too_large_is_drawn_again_with_shorter_axes():
    large = adapt(lambda x: (x.sum((3, 4)), x.shape), lambda dy, shape: dy, name="large", x="N 3 C H+2 W+2")
    assert all(case.inputs["x"].size > MOST_DIFFERENTIATED for case in draw_telling_points(large, 0))
    cases = list(draw_telling_cases(large, 0))
    assert len(cases) > 12
    assert all(case.inputs[0].size <= MOST_DIFFERENTIATED for case in cases)
