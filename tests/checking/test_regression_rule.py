"""The rule by which an error has regressed, of all ops and of some."""

import pytest

from gradcheck.checking.regression_rule import DEFAULT_RULE, RegressionRule, RegressionRules
from gradcheck.records.evidence import ELEMENTWISE, ErrorKey

KEY = ErrorKey("x", "autodiff")


@pytest.mark.parametrize(
    ("rule", "before", "after", "worse"),
    [
        (RegressionRule(), 1e-10, 1.1e-9, True),
        (RegressionRule(), 1e-10, 0.9e-9, False),
        (RegressionRule(factor=2), 1e-10, 2.1e-10, True),
        (RegressionRule(floor=1e-8), 1e-10, 1e-8, False),
        (RegressionRule(floor=1e-8), 1e-10, 1.1e-8, True),
        (RegressionRule(floor=0), 0.0, 1e-300, True),
    ],
)
def test_an_error_is_worse_above_both_the_factor_and_the_floor(rule, before, after, worse):
    assert rule.is_worse(KEY, before, after) is worse


def test_the_floor_of_single_elements_is_another_unless_one_is_given():
    elementwise = ErrorKey("x", ELEMENTWISE)
    assert DEFAULT_RULE.find_floor(elementwise) > DEFAULT_RULE.find_floor(KEY)
    assert RegressionRule(floor=1e-9).find_floor(elementwise) == 1e-9


def test_what_an_op_does_not_set_is_as_for_all():
    rules = RegressionRules.from_table({"factor": 3, "ops": {"sin": {"floor": 1e-9}}})
    assert rules.find_rule("cos") == RegressionRule(3)
    assert rules.find_rule("sin") == RegressionRule(3, 1e-9)


def test_what_is_as_by_default_is_not_told_and_all_else_is():
    assert list(RegressionRules.from_table({}).describe(["sin"])) == []
    rules = RegressionRules.from_table({"ops": {"sin": {"factor": 3}, "snh": {"factor": 3}}})
    assert list(rules.describe(["sin"])) == [
        "the rule of sin is another: more than 3 times worse, and above what rounding explains",
        "the rule of snh is of no op that was compared",
    ]
