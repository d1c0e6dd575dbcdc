"""The domain that is named where outputs are not finite."""

import numpy as np
import pytest

from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.isolation import silence_warnings
from gradcheck.laws.domain_suggestion import suggest_domain
from tests.laws.observing import make_case

X = np.array([0.0, -2.0, 3.0])


def suggest(forward, domain=None):
    """What is suggested for a function of a vector."""
    declared = Array("N", domain) if domain else Array("N")
    op = Op("f", lambda x: (forward(x), x), lambda dy, x: dy, inputs={"x": declared})
    with silence_warnings():
        return suggest_domain(Evaluator(op, make_case(op, X)))


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (np.log, "; declare positive()?"),
        (np.sqrt, "; declare positive()?"),
        (np.reciprocal, "; declare nonzero()?"),
        (np.arcsin, "; declare real(-1, 1)?"),
        (lambda x: x * np.inf, ""),
    ],
)
def test_the_widest_domain_that_helps_is_named(forward, words):
    assert suggest(forward) == words


def test_an_input_with_bounds_gets_no_other_ones():
    assert suggest(np.log, real(-3, 3)) == ""


def test_a_forward_that_refuses_a_domain_does_not_get_it():
    def positive_only(x):
        if x[0] != 0 and np.any(x < 0):
            raise ValueError("no")
        return np.log(x)

    assert suggest(positive_only) == "; declare positive()?"
