"""Gradients of several inputs in another order."""

import numpy as np

from gradcheck import adapt
from gradcheck.causes.hypotheses.exchanges import propose_another, propose_exchanged
from tests.causes.hypotheses.explaining import find_with
from tests.causes.ops import affine_with


def product_of_three(order):
    """a * b * c, whose gradients are returned in an order."""

    def forward(a, b, c):
        return a * b * c, (a, b, c)

    def backward(dy, cache):
        a, b, c = cache
        gradients = dy * b * c, dy * a * c, dy * a * b
        return tuple(gradients[k] for k in order)

    return adapt(forward, backward, name="product", a="N D", b="N D", c="N D")


def test_two_exchanged_gradients_are_named():
    (cause,) = find_with(propose_exchanged, product_of_three((1, 0, 2)), "b")
    assert cause.words == "the gradients of a and b are exchanged"
    assert not find_with(propose_another, product_of_three((1, 0, 2)), "b")


def test_three_gradients_in_another_order_are_named():
    (cause,) = find_with(propose_exchanged, product_of_three((1, 2, 0)), "a")
    assert cause.words == "the gradients are returned in another order"


def test_one_gradient_returned_twice_is_not_exchanged():
    op = product_of_three((1, 1, 2))
    assert not find_with(propose_exchanged, op, "a")
    (cause,) = find_with(propose_another, op, "a")
    assert cause.words == "the gradient of b is returned for a as well"


def test_a_sum_of_the_gradient_of_another_input_is_named():
    op = affine_with(lambda g, dy: {**g, "b": g["w"].sum(axis=0)})
    (cause,) = find_with(propose_another, op, "b")
    assert cause.words == "it is the gradient of w, summed over D"


def test_a_sum_that_is_missing_is_not_the_gradient_of_another_input():
    op = adapt(lambda x, b: (x + b, b), lambda dy, b: (dy, np.copy(dy)), name="add", x="N D", b="D")
    assert not find_with(propose_another, op, "b")
