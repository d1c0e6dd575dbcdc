"""Each flag holds of the cases that it says, and of no others."""

import numpy as np
import pytest

from gradcheck import Array, namespace
from gradcheck.generation.configuration import Configuration
from gradcheck.records.exact_numbers import ExactArray, ExactNumber
from gradcheck.vectors.derivatives import compute_exactly
from gradcheck.vectors.flags import FLAGS, is_broadcast, is_size_one, list_measured_flags, loses_digits, underflows
from tests.vectors.reference_ops import call, make_case, make_op


def configure(shapes, declared=("*S",)):
    """A configuration of inputs of these shapes, the declared ones repeated."""
    labels = [f"x{i}" for i, _ in enumerate(shapes)]
    arrays = [Array(declared[i % len(declared)]) for i, _ in enumerate(shapes)]
    return Configuration({}, dict(zip(labels, shapes, strict=True)), {}, dict(zip(labels, arrays, strict=True)))


@pytest.mark.parametrize(
    ("shapes", "one"), [([(2, 3)], False), ([(2, 3), (1,)], True), ([()], False), ([(3, 1)], True)]
)
def test_size_one_is_an_axis_of_length_one(shapes, one):
    assert is_size_one(configure(shapes)) is one


@pytest.mark.parametrize(
    ("shapes", "declared", "broadcast"),
    [
        ([(2, 3), (3,)], ("*#S",), True),
        ([(2, 3), (2, 3)], ("*#S",), False),
        ([(2, 3), (1, 3)], ("*S", "*#S"), True),
        ([(2, 3), (2, 3)], ("*S", "*#S"), False),
        ([(2, 3), (3,)], ("N D", "D"), False),
        ([(2, 3)], ("*S",), False),
    ],
)
def test_broadcast_is_an_input_that_is_repeated(shapes, declared, broadcast):
    assert is_broadcast(configure(shapes, declared)) is broadcast


def log_of_exp(x):
    return namespace(x).log(namespace(x).exp(x))


MEASURED = {
    "large terms of opposite signs": (lambda x: (x + 2**40) - 2**40, 0.3, {"cancellation"}),
    "two digits lost": (lambda x: (x + 2**8) - 2**8, 0.3, set()),
    "one less a small number": (lambda x: namespace(x).log(1 + x), 1e-9, {"cancellation"}),
    "the same by log1p": (call("log1p"), 1e-9, set()),
    "exponentials that overflow": (log_of_exp, 1000.0, {"overflow-beyond"}),
    "exponentials that do not": (log_of_exp, 600.0, set()),
    "a result below float64": (call("exp"), -800.0, {"underflow"}),
    "a subnormal result": (call("exp"), -709.0, {"underflow"}),
    "the smallest normal result": (call("exp"), -708.0, set()),
    "zero itself": (lambda x: 0 * x, 2.0, set()),
    "a gradient below float64": (lambda x: x * x, 1e-309, {"underflow"}),
}
"""References, points, and what is measured there."""


@pytest.mark.parametrize("name", MEASURED)
def test_a_flag_is_measured_where_it_holds_and_nowhere_else(name):
    reference, x, flags = MEASURED[name]
    op, case = make_op(reference), make_case([x, 0.5])
    assert set(list_measured_flags(op, case, compute_exactly(op, case))) == flags
    assert flags <= set(FLAGS)


@pytest.mark.parametrize(("bits", "loses"), [(9, False), (12, True)])
def test_four_digits_are_lost_at_once(bits, loses):
    assert loses_digits(make_op(lambda x: (x + 2**bits) - 2**bits), make_case([1 / 3])) is loses


def test_an_overflow_in_one_of_several_outputs_is_one():
    op = make_op(lambda x: (x, namespace(x).log(namespace(x).exp(x))), outputs=("y", "z"))
    case = make_case([1000.0], upstream=(np.ones(1), np.ones(1)))
    assert "overflow-beyond" in list_measured_flags(op, case, compute_exactly(op, case))


@pytest.mark.parametrize(
    ("text", "below"),
    [("0 +/- 1e-430", False), ("2.3e-308 +/- 1e-357", False), ("2.2e-308 +/- 0", True), ("-1e-434294 +/- 0", True)],
)
def test_underflow_is_a_number_that_is_not_zero_below_the_normal_ones(text, below):
    assert underflows(ExactArray((2,), (ExactNumber.read("1 +/- 0"), ExactNumber.read(text)))) is below
