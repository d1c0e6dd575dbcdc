"""A cause is named only where it reproduces the gradient in every case looked at."""

from itertools import islice

import numpy as np
import pytest

from gradcheck import adapt, check
from gradcheck.causes.cause import Cause
from gradcheck.causes.explanation import FEWEST_WRONG, Explanation, explain_crash, explain_gradient, find_causes
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.records.patch import Patch
from tests.causes.ops import affine_with, define_without_file, softmax_along

wrong_at_the_end = define_without_file(
    """
def wrong_at_the_end(gradients, dy):
    w = gradients["w"].copy()
    w[-1] += 1
    return {**gradients, "w": w}
""",
    "wrong_at_the_end",
)
sometimes_negated = define_without_file(
    """
def sometimes_negated(gradients, dy):
    return {**gradients, "w": gradients["w"] * (-1 if dy.sum() > 0 else 1.5)}
""",
    "sometimes_negated",
)


def test_the_cause_says_in_how_many_cases_it_was_tried():
    explained = explain_gradient(affine_with(lambda g, dy: {**g, "w": -g["w"]}), "w", [])
    assert explained.name == "sign"
    assert explained.words == f"it has the wrong sign (so in all {explained.tried} cases tried)"
    assert explained.tried >= FEWEST_WRONG
    assert explained.picture is not None


@pytest.mark.slow
def test_a_cause_that_fits_some_cases_is_not_named():
    explained = explain_gradient(affine_with(sometimes_negated), "w", [])
    assert not explained.named
    assert not explained.name


@pytest.mark.slow
def test_without_a_cause_the_place_is_told():
    explained = explain_gradient(affine_with(wrong_at_the_end), "w", [])
    assert explained.words.startswith("no known cause reproduces it; wrong at ")
    assert explained.words.endswith("at the last index of D")
    assert not explained.name


def test_a_right_gradient_has_no_explanation():
    explained = explain_gradient(affine_with(lambda g, dy: g), "w", [])
    assert not explained.words
    assert explained.picture is None


@pytest.mark.slow
def test_a_finding_of_the_contract_is_explained():
    (finding, *_) = check(affine_with(lambda g, dy: {**g, "w": g["w"].T}), examples=12).findings
    assert finding.law == "contract"
    assert finding.cause_name == "transposed"


@pytest.mark.slow
def test_an_overflow_is_explained():
    findings = check(softmax_along(1, shifts=False), examples=24).findings
    assert "value-no-max-shift" in {f.cause_name for f in findings if f.law == "extremes"}


def softmax_forward(x: "N D"):  # noqa: F722
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p.copy(), p


def softmax_backward_that_raises(dp, p):
    return p * (dp - (dp * p).sum(axis=1))


def test_backward_that_raises_where_lengths_differ_is_explained():
    findings = check(adapt(softmax_forward, softmax_backward_that_raises), examples=12).findings
    first, second = (f for f in findings if f.law == "contract")
    assert {first.kind.value, second.kind.value} == {"malformed", "raised"}
    for finding in (first, second):
        assert finding.cause_name == "keepdims"
        assert finding.patch.after == "return p * (dp - (dp * p).sum(axis=1, keepdims=True))"


def test_backward_that_raises_nowhere_has_no_explanation():
    assert not explain_crash(affine_with(lambda g, dy: g)).words


def average_the_bias(dy, cache):
    x, w = cache
    db = dy.mean(axis=0)
    return dy @ w.T, x.T @ dy, db


@pytest.mark.slow
def test_a_patch_is_offered_where_one_edit_makes_it_right():
    shapes = {"x": "N D", "w": "D M", "b": "M"}
    op = adapt(lambda x, w, b: (x @ w + b, (x, w)), average_the_bias, name="affine", **shapes)
    explained = explain_gradient(op, "b", [], budget=60)
    assert explained.name == "divided-by-length"
    assert (explained.patch.before, explained.patch.after) == ("db = dy.mean(axis=0)", "db = dy.sum(axis=0)")
    assert explained.patch.cases >= explained.tried


PATH = Cause("path-missing", "the gradient through `s / n` (line 4) is missing")
SUM = Cause("normaliser-constant", "the sum that normalises, `x.sum()` (line 3), is held constant")
POWER = Cause("power", "the exponent of x is off by one")
PATCH = Patch("file.py", 7, "a = b", "a = b * c", 10)


def explained_by(*causes, edited=None):
    return Explanation(causes, ((edited, PATCH),) if edited else (), tried=10, tried_of={SUM: 4})


def test_of_two_operations_one_is_told():
    assert explained_by(SUM, Cause("diagonal-jacobian", "the sum `x.sum()` (line 3) is not summed")).named == (SUM,)


def test_two_mistakes_of_different_kinds_are_both_told():
    assert explained_by(SUM, POWER).named == (SUM, POWER)


def test_an_edit_explains_more_than_the_size_of_a_factor_or_what_comes_of_a_changed_array():
    quotient = Cause("product-for-quotient", "it is multiplied by k where it must be divided")
    missing = Cause("factor-missing", "line 7 lacks the division by `k * k`")
    assert explained_by(quotient, edited=missing).named == (missing,)
    same = Cause("product-for-quotient", "line 7 multiplies by `k`")
    assert explained_by(quotient, edited=same).named == (quotient,)
    changed = Cause("cache-corrupted", "line 7 changes what backward reads")
    assert explained_by(POWER, edited=changed).named == (changed,)


def test_a_general_cause_is_not_told_beside_a_specific_one():
    assert explained_by(SUM, PATH).named == (SUM,)


def test_an_edit_decides_between_causes_that_are_as_specific():
    assert explained_by(SUM, POWER, edited=Cause("power", "line 7 has another exponent")).named == (POWER,)
    assert explained_by(SUM, PATH, edited=Cause("path-missing", "line 7 lacks a term")).named == (SUM,)


def test_an_edit_is_told_where_it_says_more_than_the_causes():
    edited = Cause("transposed", "line 7 has a transposed factor")
    assert explained_by(PATH, edited=edited).named == (edited,)


def test_only_cases_that_could_tell_are_counted():
    assert explained_by(SUM).words.endswith("(so in all 4 cases tried)")
    assert explained_by(PATH).words.endswith("(so in all 10 cases tried)")


def standardized(x):
    deviation = x - x.mean(axis=1, keepdims=True)
    scale = 1 / np.sqrt((deviation**2).mean(axis=1, keepdims=True) + 1e-5)
    return deviation * scale, (scale,)


def test_further_cases_are_looked_at_until_enough_could_tell():
    op = adapt(standardized, lambda dy, cache: dy * cache[0], name="standardized", x="N D")
    drawn = draw_telling_cases(op, 0)
    cases = [*islice(drawn, FEWEST_WRONG - 1)]
    assert not find_causes(cases, "x")
    found = {cause.name: tried for cause, tried in find_causes(cases, "x", drawn).items()}
    assert found["statistics-constant"] == FEWEST_WRONG


def squared_error(pred: "N D", target: "N D"):  # noqa: F722
    return np.mean((pred - target) ** 2), (pred, target)


def divided_by_rows(dy, cache):
    pred, target = cache
    rows = sum(map(bool, map(np.ndim, pred)))
    dpred = dy * (pred - target) / rows
    dpred = np.add(dpred, dpred)
    return dpred, -dpred


def apart(dy, cache):
    pred, target = cache
    dpred = 2 * dy * (pred - target) / len(pred)
    dtarget = -2 * dy * (pred - target) / len(pred)
    return dpred, dtarget


@pytest.mark.slow
def test_no_patch_hides_a_mistake_that_another_gradient_shares():
    explained = explain_gradient(adapt(squared_error, divided_by_rows), "pred", [], budget=60)
    assert explained.name == "multiplied-by-length"
    assert all("return dpred" not in patch.before for _, patch in explained.corrections)


@pytest.mark.slow
def test_a_mistake_that_was_made_twice_has_a_patch_for_each_line():
    explained = explain_gradient(adapt(squared_error, apart), "pred", [], budget=60)
    assert explained.patch is not None
    assert explained.patch.before.startswith("dpred = ")
