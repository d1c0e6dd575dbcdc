"""Step 2: autodiff of the reference, element by element."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.gradient.autodiff_witness import (
    match_last_digits,
    moves_an_output,
    report_autodiff,
    report_lost_elements,
    restrict_to_element,
)
from tests.laws.gradient.cases import SINE, WRONG_SINE, X, make_op, prepare

VECTORS = {"x": Array("N"), "w": Array("N")}


def test_without_a_reference_it_is_silent():
    assert report_autodiff(prepare(replace(SINE, reference=None), X)) == {}


def test_a_gradient_equal_to_the_last_digits_needs_no_measurement():
    assert match_last_digits(prepare(SINE, X))[0].agrees
    assert match_last_digits(prepare(WRONG_SINE, X)) == {}


def test_a_wrong_gradient_is_contradicted_with_its_worst_element():
    report = report_autodiff(prepare(WRONG_SINE, X))[0]
    assert not report.agrees
    assert abs(report.relative_error - 1) < 1e-12
    assert len(report.difference.where) == 1


def test_a_reference_of_another_shape_is_silent():
    assert report_autodiff(prepare(replace(SINE, reference=lambda x: namespace(x).sin(x)[None]), X)) == {}


def test_a_reference_that_raises_is_silent():
    def raising(x):
        raise ValueError("no")

    assert report_autodiff(prepare(replace(SINE, reference=raising), X)) == {}


def test_a_reference_that_overflows_on_the_way_is_silent():
    log_of_exp = make_op(lambda x: x * 1.0, lambda dy, x: dy, lambda x: namespace(x).log(namespace(x).exp(x)))
    assert report_autodiff(prepare(log_of_exp, [800.0, 1.0])) == {}


def test_digits_lost_by_a_unit_that_saturates_move_no_output():
    case = prepare(SINE, X)
    assert moves_an_output(case, 0, np.full(3, 1e-3))
    assert not moves_an_output(case, 0, np.full(3, 1e-18))


def test_digits_that_other_inputs_multiply_move_no_output():
    product = Op("product", lambda x, w: (x * w, (x, w)), lambda dy, c: (dy * c[1], dy * c[0]), inputs=VECTORS)
    for w, is_moved in ((1.0, True), (900.0, False)):
        case = prepare(product, [1.0], [w])
        assert moves_an_output(case, 0, np.array([1e-11 * w])) is is_moved


def test_digits_that_the_output_itself_has_lost_move_it_no_further():
    """1 - sigmoid(x) is zero from 37 on, and its gradient as well."""
    tail = make_op(lambda x: 1 - 1 / (1 + np.exp(-x)), lambda dy, x: 0 * dy)
    assert not moves_an_output(prepare(tail, [37.5]), 0, np.array([5e-17]))
    assert moves_an_output(prepare(tail, [10.0]), 0, np.array([4.5e-5]))


def test_where_the_rounding_of_an_output_is_not_known_nobody_knows_what_moves_it():
    def take_entropy(z):
        p = 1 / (1 + np.exp(-z))
        return -np.log(p + 1e-12) - 0 * np.log(1 - p + 1e-12)

    case = prepare(make_op(take_entropy, lambda dy, z: 0 * dy), [48.0])
    assert not moves_an_output(case, 0, np.array([3.6e-21]))


def softplus_with(backward):
    return make_op(lambda x: np.logaddexp(0, x), backward, lambda x: namespace(x).logaddexp(0 * x, x))


def test_digits_lost_far_out_are_found_beside_larger_elements():
    x = np.array([-50.0, 2.0])
    lost = report_autodiff(prepare(softplus_with(lambda dy, x: dy * (1 - 1 / (1 + np.exp(x)))), x))[0]
    assert (lost.lost_digits, lost.has_no_right_digit) == (True, True)
    right = report_autodiff(prepare(softplus_with(lambda dy, x: dy / (1 + np.exp(-x))), x))[0]
    assert (right.agrees, right.lost_digits) == (True, False)


def test_an_element_whose_outputs_do_not_need_its_digits_is_not_looked_into():
    tanh = make_op(np.tanh, lambda dy, x: dy * (1 - np.tanh(x) ** 2), lambda x: namespace(x).tanh(x))
    case = prepare(tanh, [19.0, 0.5])
    assert report_lost_elements(case, 0) is None
    assert restrict_to_element(case, 0, 1, off=0.5).upstream[0].tolist() == [0.0, case.upstream[0][1]]
    assert restrict_to_element(case, 0, 0, off=1e-17) is None


def test_elements_that_are_left_out_are_not_compared():
    root = make_op(np.sqrt, lambda dy, x: dy / (2 * np.sqrt(x)), lambda x: namespace(x).sqrt(x))
    report = report_autodiff(prepare(root, [4.0, -4.0]))[0]
    assert (report.agrees, report.is_silent) == (True, False)


def test_digits_at_a_kink_of_the_reference_are_not_lost():
    """A unit of a saturated net at zero, from which the last digits of w move it to either side; the reference takes
    half of its slope."""
    x, v = np.array([-2.0, -2.0, -1.0, 1.0]), np.array([[-2.0, 2.0], [0.0, -1.0], [1.0, -2.0]])

    def forward(w):
        z = x @ w + np.array([0.0, 2.0, 1.0])
        p = np.exp(np.maximum(z, 0) @ v)
        return -np.log(p[0] / p.sum()), (z, p / p.sum())

    def backward(dy, cache):
        z, p = cache
        return np.outer(x, (z > 0) * (v @ (dy * (p - np.array([1.0, 0.0])))))

    def reference(w):
        xp = namespace(w)
        s = xp.maximum(x @ w + np.array([0.0, 2.0, 1.0]), 0) @ v
        return -(s[0] - xp.log(xp.sum(xp.exp(s))))

    net = Op("net", forward, backward, reference, inputs={"w": Array("4 3")})
    w = np.array([[1.0, 0.0, -2.0], [2.0, 1.0, -1.0], [-2.0, 1.0, 2.0], [2.0, 1.0, 3.0]])
    case = prepare(net, w, upstream=(np.array(0.0146484375),))
    assert not report_autodiff(case)[0].lost_digits
