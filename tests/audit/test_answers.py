"""The digest of answers: equal for equal numbers, whoever computes them."""

import numpy as np
import pytest

from gradcheck import adapt
from gradcheck.audit.answers import digest_answers


def forward(x):
    return np.sin(x), x


def make_op(backward, forward=forward):
    return adapt(forward, backward, name="sin", x="N D")


def backward_by_cos(dout, x):
    return dout * np.cos(x)


def backward_by_sum(dout, x):
    return dout * np.cos(x) + 0.0 * x


def backward_nearly(dout, x):
    return dout * np.cos(x) * (1 + 2**-50)


def backward_in_float32(dout, x):
    return (dout * np.cos(x)).astype(np.float32)


def backward_refusing(dout, x):
    raise ValueError("no")


def test_the_same_numbers_are_the_same_digest_however_they_came():
    assert digest_answers(make_op(backward_by_cos), 0) == digest_answers(make_op(backward_by_sum), 0)


@pytest.mark.parametrize("backward", [backward_nearly, backward_in_float32, backward_refusing])
def test_one_digit_a_type_or_an_exception_is_another(backward):
    op = make_op(backward_by_cos)
    assert digest_answers(op.implemented_by(op.forward, backward), 0) != digest_answers(op, 0)


def test_other_cases_are_other_digests():
    op = make_op(backward_by_cos)
    assert digest_answers(op, 0) != digest_answers(op, 1)
