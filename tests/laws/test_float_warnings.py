"""What NumPy warns of, as a hint."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.findings import make_finding
from gradcheck.laws.float_warnings import describe_float_warnings, list_float_warnings, with_float_cause
from gradcheck.records.subject import Subject
from tests.laws.observing import make_case


@pytest.mark.parametrize(
    ("backward", "said"),
    [
        (lambda dy, x: dy / x, "NumPy warns there: divide by zero encountered in divide."),
        (lambda dy, x: dy * np.exp(x + 1000), "NumPy warns there: overflow encountered in exp."),
        (lambda dy, x: dy + x, ""),
    ],
)
def test_the_function_that_divides_by_zero_or_overflows_is_named(backward, said):
    op = Op("half", lambda x: (x, x), backward, inputs={"x": Array("N")})
    evaluator = Evaluator(op, make_case(op, np.zeros(2)))
    assert describe_float_warnings(evaluator, evaluator.case.upstream) == said


def test_code_that_silences_them_says_nothing():
    def backward(dy, x):
        with np.errstate(all="ignore"):
            return dy / x

    op = Op("half", lambda x: (x, x), backward, inputs={"x": Array("N")})
    evaluator = Evaluator(op, make_case(op, np.zeros(2)))
    assert not describe_float_warnings(evaluator, evaluator.case.upstream)


@pytest.mark.parametrize(
    ("backward", "cause"),
    [(lambda dy, x: dy / x, "division-by-zero"), (lambda dy, x: dy + x, "")],
    ids=["zero", "none"],
)
def test_a_finding_takes_the_cause_of_which_a_warning_tells(backward, cause):
    op = Op("half", lambda x: (x, x), backward, inputs={"x": Array("N")})
    case = make_case(op, np.zeros(2))
    evaluator = Evaluator(op, case)
    finding = make_finding(op, "extremes", case, "it is not finite", Subject.of_input("x"))
    assert with_float_cause(finding, evaluator, case.upstream).cause_name == cause
    assert bool(list_float_warnings(evaluator, case.upstream)) is bool(cause)
