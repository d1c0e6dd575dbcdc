"""Terms and factors that are products of what an op is given and gives."""

import numpy as np
import pytest

from gradcheck import choice
from gradcheck.causes.hypotheses.products import list_products
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.hypotheses.explaining import declare, explain, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def affine(x, w, b):
    return x @ w + b, (x, w, b)


def back_through_affine(change):
    def backward(dy, cache):
        x, w, b = cache
        return dy @ w.T, x.T @ dy, change(dy, x, w, b)

    return declare(affine, backward, x="N D", w="D M", b="M")


def test_a_term_too_many_is_told():
    op = back_through_affine(lambda dy, x, w, b: dy.sum(axis=0) + b)
    assert first(op, "b") == ("term-added", "there is a term too many: b")


def test_a_factor_too_many_is_told_with_its_sum():
    op = back_through_affine(lambda dy, x, w, b: (x.sum(axis=1)[:, None] * dy).sum(axis=0))
    assert "upstream * x summed over N and D" in explain(op, "b")["factor-extra"]


def product(a, b, c):
    return a * b * c, (a, b, c)


@pytest.mark.parametrize(
    ("da", "name", "words"),
    [
        (lambda dy, a, b, c: dy * b, "factor-missing", "the factor c is missing"),
        (lambda dy, a, b, c: dy * b * b, "wrong-variable", "b is used in place of c"),
        (lambda dy, a, b, c: b * c, "upstream-ignored", "the upstream gradient is ignored"),
    ],
)
def test_another_product_is_told_by_its_factors(da, name, words):
    op = declare(product, lambda dy, k: (da(dy, *k), dy * k[0] * k[2], dy * k[0] * k[1]), a="N M", b="N M", c="N M")
    assert any(w.startswith(words) for w in explain(op, "a").values())


def residual(x, w):
    return x + np.tanh(x @ w), (x, w)


def test_an_upstream_that_is_not_added_is_told():
    def backward(dy, cache):
        x, w = cache
        d = dy * (1 - np.tanh(x @ w) ** 2)
        return d @ w.T, x.T @ d

    found = explain(declare(residual, backward, x="N D", w="D D"), "x")
    assert list(found) == ["path-missing"]


def cross_entropy(x, y):
    s = x - x.max(axis=1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(x)), y]).mean(), (p, y)


@pytest.mark.parametrize(("at_label", "name"), [(0, "one-hot-missing"), (1, "term-sign")])
def test_the_one_at_the_label_is_told(at_label, name):
    def backward(dy, cache):
        p, y = cache
        d = p.copy()
        d[np.arange(len(p)), y] += at_label
        return dy * d / len(p), None

    assert first(declare(cross_entropy, backward, x="N C", y="N: C"), "x")[0] == name


def hinge(w, x, y):
    s, rows = x @ w, np.arange(len(x))
    m = np.maximum(0, s - s[rows, y][:, None] + 1)
    m[rows, y] = 0
    return m.sum() / len(x), (w, x, y, m)


def test_a_class_that_is_counted_itself_is_told():
    def backward(dy, cache):
        w, x, y, m = cache
        k, rows = (m > 0).astype(float), np.arange(len(x))
        k[rows, y] = 1 - k.sum(axis=1)
        return dy * x.T @ k / len(x), dy * k @ w.T / len(x), None

    assert first(declare(hinge, backward, w="D C", x="N D", y="N: C"), "w")[0] == "own-class-counted"


def squared_hinge(s, y):
    rows = np.arange(len(s))
    m = np.maximum(0, s - s[rows, y][:, None] + 1)
    own = np.eye(s.shape[1])[y]
    return (m * m * (1 - own)).sum(), (m, own)


def test_a_class_that_is_subtracted_with_the_others_is_told():
    def backward(dy, cache):
        m, own = cache
        return 2 * dy * (m * (1 - own) - own * m.sum(axis=1, keepdims=True)), None

    found = explain(declare(squared_hinge, backward, s="N C", y="N: C"), "s")
    assert "counts itself" in found["own-class-counted"]


def ridge(w, b, x, reg):
    s = x @ w + b
    return (s * s).sum() / 2 + reg * (w * w).sum(), (w, b, x, s, reg)


def test_a_bias_that_is_regularised_is_told():
    def backward(dy, cache):
        w, b, x, s, reg = cache
        return dy * (x.T @ s + 2 * reg * w), dy * (s.sum(axis=0) + 2 * reg * b), dy * s @ w.T

    op = declare(ridge, backward, {"reg": choice(0.5, 0.0)}, w="D C", b="C", x="N D")
    assert list(explain(op, "b")) == ["regularisation-bias"]


def test_products_have_the_shape_of_the_input():
    op = back_through_affine(lambda dy, x, w, b: dy.sum(axis=0))
    case = next(iter(draw_telling_cases(op, 0)))
    products = list_products(case, 2)
    assert {p.values.shape for p in products} == {case.inputs[2].shape}
    assert "upstream summed over N" in {p.words for p in products}
