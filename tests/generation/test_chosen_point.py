"""Cases at a point that somebody chose."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.generation.chosen_point import choose_simplest_settings, make_case_at, make_example_cases

SCALE = Op(
    "scale",
    lambda x, i, by, mode: (x[i] * by, None),
    lambda dy, cache: (dy, None),
    inputs={"x": Array("N D"), "i": Array("M")},
    settings={"by": whole(2, 5), "mode": choice("sum", "mean")},
)


def test_the_simplest_settings_are_the_first_of_each():
    assert choose_simplest_settings(SCALE) == {"by": 2, "mode": "sum"}


def test_floats_become_float64_and_whole_numbers_stay():
    case = make_case_at(SCALE, [np.ones((2, 3), np.float32), np.array([1, 0, 1])], {"by": 2, "mode": "sum"}, 7)
    assert [a.dtype for a in case.point] == [np.float64, np.int64]
    assert case.seed == 7
    assert dict(case.settings) == {"by": 2, "mode": "sum"}


def test_the_upstream_fits_the_output_and_hangs_on_the_seed_alone():
    point = [np.ones((2, 3)), np.array([1, 0, 1])]
    first, again, other = (make_case_at(SCALE, point, {"by": 2, "mode": "sum"}, seed) for seed in (0, 0, 1))
    (dy,) = first.upstream
    assert dy.shape == (3, 3)
    assert np.array_equal(dy, again.upstream[0])
    assert not np.array_equal(dy, other.upstream[0])


def test_the_point_is_a_copy():
    x = np.ones((2, 3))
    case = make_case_at(SCALE, [x, np.array([0])], {"by": 2, "mode": "sum"}, 0)
    x[:] = 7
    assert (case.inputs["x"] == 1).all()


def test_the_example_of_inferred_shapes_is_a_case():
    example = {"x": np.full((1, 2), 3.0), "i": np.array([0])}
    inferred = replace(SCALE, example=example).with_origin(shapes_inferred=True)
    (case,) = make_example_cases(inferred, 0)
    assert [a.tolist() for a in case.point] == [[[3, 3]], [0]]
    assert make_example_cases(SCALE, 0) == []


def test_the_upstream_of_many_outputs_has_all_digits_and_no_two_equal_rows():
    op = Op("double", lambda x: (2 * x, None), lambda dy, _: 2 * dy, inputs={"x": Array("2 N")})
    x = np.ones((2, 2**17))
    case = make_case_at(op, [x], {}, 0)
    (u,) = case.upstream
    assert case.point[0] is x
    assert not np.array_equal(u[0], u[1])
    assert np.mean(np.frexp(u)[0] * 2.0**40 % 1 != 0) > 0.9
    assert np.array_equal(u, make_case_at(op, [x], {}, 0).upstream[0])
