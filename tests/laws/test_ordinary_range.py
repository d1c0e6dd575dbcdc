"""Results that are not finite only because inputs are large."""

import numpy as np
import pytest

from gradcheck import Array, Op, check, real
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.ordinary_range import is_beyond_range, suggest_bounds
from tests.laws.observing import make_case


def normalise(x):
    e = np.exp(x)
    p = e / e.sum(1, keepdims=True)
    return p, p.copy()


def differentiate(dy, p):
    return p * (dy - (dy * p).sum(1, keepdims=True))


def make_softmax(domain):
    return Op("softmax", normalise, differentiate, inputs={"x": Array("N C", domain)})


def evaluate(op, *values):
    return Evaluator(op, make_case(op, *values))


@pytest.mark.parametrize(
    ("domain", "beyond"), [(real(), True), (real(-2000, 2000), False)], ids=["undeclared", "declared"]
)
def test_an_overflow_is_beyond_the_ordinary_unless_the_domain_holds_it(domain, beyond):
    evaluator = evaluate(make_softmax(domain), np.array([[1000.0, 0.0]]))
    assert is_beyond_range(evaluator, evaluator.case.upstream) is beyond


def test_a_division_by_zero_is_not_beyond_the_ordinary():
    op = Op("inverse", lambda x: (1 / x, x), lambda dy, x: -dy / x**2, inputs={"x": Array("N")})
    evaluator = evaluate(op, np.array([0.0, 1000.0]))
    assert not is_beyond_range(evaluator, evaluator.case.upstream)


def test_bounds_are_suggested_within_which_nothing_goes_wrong():
    evaluator = evaluate(make_softmax(real()), np.array([[1000.0, 0.0]]))
    assert suggest_bounds(evaluator, evaluator.case.upstream) == 'x=Array("N C", real(-512, 512))'


@pytest.mark.parametrize(("domain", "status"), [(real(), "warning"), (real(-2000, 2000), "failed")])
def test_a_naive_softmax_is_warned_of_and_fails_where_its_domain_says_so(domain, status):
    result = check(make_softmax(domain), examples=12, shrink=False)
    assert result.verdict("extremes").status == status
    assert result.verdict("precision").status == status  # it overflows in float32 as well
    assert all(
        v.status in ("passed", "inapplicable") for v in result.verdicts if v.law not in ("extremes", "precision")
    )


def test_a_sum_over_the_whole_batch_is_told_at_ordinary_values_first():
    def whole(x):
        e = np.exp(x)
        return e / e.sum(), e / e.sum(1, keepdims=True)

    op = Op("softmax", whole, differentiate, inputs={"x": Array("N C")})
    result = check(op, examples=24)
    assert result.findings[0].law == "gradient"
    assert "nan" not in result.findings[0].claim
