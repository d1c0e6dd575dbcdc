"""What fails shrinks to the smallest case that fails."""

import numpy as np
import pytest

from gradcheck.checking.check import check
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.generation.search import generate_cases
from gradcheck.generation.shrinking import MOST_TRIED, shrink_case


def planted(wrong, shape="N H W", **parts):
    """An op that doubles, whose gradient is off by one wherever wrong(x, **settings) holds."""

    def forward(x, **settings):
        return 2 * x, (x, settings)

    def backward(dy, cache):
        x, settings = cache
        return 2 * dy + wrong(x, **settings)

    return Op("planted", forward, backward, inputs={"x": Array(shape)}, **parts)


def smallest(op):
    """The case to which the gradient's finding shrinks."""
    (finding,) = check(op, examples=40, laws=("gradient",)).findings
    return finding.case


@pytest.mark.slow
def test_a_fault_everywhere_shrinks_to_one_element():
    assert smallest(planted(lambda x: 1)).inputs["x"].shape == (1, 1, 1)


@pytest.mark.slow
def test_a_fault_where_height_and_width_differ_shrinks_to_the_least_difference():
    case = smallest(planted(lambda x: x.shape[1] != x.shape[2]))
    assert case.inputs["x"].shape in ((1, 1, 2), (1, 2, 1))


@pytest.mark.slow
def test_a_fault_in_batches_alone_shrinks_to_two_rows():
    assert smallest(planted(lambda x: x.shape[0] > 1)).inputs["x"].shape == (2, 1, 1)


@pytest.mark.slow
def test_a_fault_for_one_setting_shrinks_to_it():
    case = smallest(planted(lambda x, stride, pad: stride > 1, settings={"stride": whole(1, 3), "pad": whole(0, 2)}))
    assert case.settings == {"stride": 2, "pad": 0}
    assert case.inputs["x"].size == 1


@pytest.mark.slow
def test_a_fault_at_three_axes_shrinks_to_three_of_length_one():
    assert smallest(planted(lambda x: x.ndim == 3, "*S")).inputs["x"].shape == (1, 1, 1)


@pytest.mark.slow
def test_a_fault_for_negative_values_shrinks_to_minus_one():
    assert smallest(planted(lambda x: x < 0)).inputs["x"].ravel().tolist() == [-1]


def test_shrinking_never_makes_a_case_larger():
    op = planted(lambda x: x.shape[1] != x.shape[2])
    found = next(case for case in generate_cases(op, 40, 0) if case.inputs["x"].shape[1] != case.inputs["x"].shape[2])
    assert (
        shrink_case(op, found, lambda case: case.inputs["x"].shape[1] != case.inputs["x"].shape[2], 0).case.size
        <= found.size
    )


def test_a_case_that_cannot_be_met_again_is_kept_as_it_was_found():
    op = planted(lambda x: 0)
    found = next(generate_cases(op, 1, 0))
    assert shrink_case(op, found, lambda case: False, 0).case is found


def test_shrinking_looks_at_a_bounded_number_of_cases():
    op = planted(lambda x: 0)
    looked = []

    def fails(case):
        looked.append(case)
        return len(looked) > 3 and bool(np.sum(case.point[0]) != len(looked))

    shrink_case(op, next(generate_cases(op, 1, 0)), fails, 0)
    assert 0 < len(looked) <= MOST_TRIED


def test_values_of_large_inputs_come_from_one_seed():
    wide = Op(
        "wide", lambda x: (x, None), lambda dy, cache: dy.copy(), inputs={"x": Array("N")}, sizes={"N": whole(500, 500)}
    )
    case = next(generate_cases(wide, 1, 0))
    assert shrink_case(wide, case, lambda c: c.inputs["x"].size == 500, 0).case.inputs["x"].shape == (500,)
