"""Factors that are the same for all elements: signs, lengths, settings, constants."""

import numpy as np
import pytest

from gradcheck import Array, Op, bits, choice, whole
from gradcheck.causes.hypotheses.factors import describe_constant, propose_factor, propose_sign, propose_zero
from tests.causes.hypotheses.explaining import find_with, first, names
from tests.causes.ops import affine_with


def scaled(label, scale):
    """Affine, of which one gradient is scaled by a function of the upstream."""
    return affine_with(lambda g, dy: {**g, label: g[label] * scale(dy)})


def dropout(backward):
    """Dropout with a mask that is given, and a share p that is dropped."""
    return Op(
        "dropout",
        lambda x, mask, p: (x * mask / (1 - p), (mask, p)),
        lambda dy, cache: (backward(dy, *cache), None),
        inputs={"x": Array("N D"), "mask": Array("N D", bits())},
        settings={"p": choice(0.5, 0.25, 0.125)},
    )


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (lambda dy: 0.5, "it is half the right gradient"),
        (lambda dy: -3.0, "it is three times the right gradient, and has the wrong sign"),
        (lambda dy: 7 / 5, "it is 7/5 of the right gradient"),
        (lambda dy: np.sqrt(2 / np.pi), "it is sqrt(2/pi) times the right gradient"),
        (lambda dy: 1 + 2e-6, "it is 1 + 2e-06 times the right gradient"),
        (lambda dy: 1 / len(dy), "it is divided by the length of N: averaged where the sum is right"),
        (lambda dy: dy.shape[1], "it is multiplied by the length of M"),
        (lambda dy: 1 / dy.size, "it is divided by the lengths of N and M: averaged where the sum is right"),
        (lambda dy: len(dy) / dy.shape[1], "it is divided by the length of M where that of N is right"),
        (
            lambda dy: len(dy) / (len(dy) - 1),
            "it is divided by the length of N less one where the length of N is right",
        ),
        (lambda dy: np.sqrt(dy.shape[1]), "the factor 1 / sqrt(M) is missing"),
    ],
)
def test_a_factor_is_named(scale, words):
    assert [cause.words for cause in find_with(propose_factor, scaled("w", scale), "w")] == [words]


def test_a_factor_that_changes_from_case_to_case_has_no_name():
    assert not find_with(propose_factor, scaled("w", np.sum), "w")


def test_a_factor_of_some_elements_is_none():
    op = affine_with(lambda g, dy: {**g, "w": g["w"] * np.where(np.arange(len(g["w"])) == 0, 2, 1)[:, None]})
    assert not find_with(propose_factor, op, "w")


@pytest.mark.slow
def test_a_setting_is_named():
    assert names(find_with(propose_factor, dropout(lambda dy, mask, p: dy * mask), "x")) == ["keep-scale-missing"]
    assert not find_with(propose_factor, dropout(lambda dy, mask, p: dy / (1 - p)), "x")


def test_a_sign_and_a_zero_are_told():
    assert names(find_with(propose_sign, scaled("x", lambda dy: -1), "x")) == ["sign"]
    assert names(find_with(propose_zero, scaled("x", lambda dy: 0), "x")) == ["zero"]
    assert not find_with(propose_sign, scaled("x", lambda dy: -2), "x")


def test_a_constant_near_one_is_not_called_one():
    assert describe_constant(1 + 1e-11)[1] == "1 + 1e-11 times"
    assert describe_constant(0.25)[1] == "a quarter of"


def pool_average(share):
    """Averages over square windows, whose way back takes another share."""

    def forward(x, k):
        h, w = x.shape
        return x.reshape(h // k, k, w // k, k).mean((1, 3)), k

    def backward(dy, k):
        return np.kron(dy, np.ones((k, k))) * share(k)

    return Op("pool", forward, backward, inputs={"x": Array("k*H k*W")}, settings={"k": whole(1, 3)})


def test_an_area_that_is_missing_is_no_product_for_a_quotient():
    assert first(pool_average(lambda k: 1.0), "x") == ("setting-factor", "the factor 1 / k**2 is missing")
