"""Settings that backward ignores or takes for another value."""

import numpy as np
import pytest

from gradcheck import Array, Op, bits, choice, whole
from gradcheck.causes.hypotheses.settings import propose_settings, weighs_regularisation
from tests.causes.hypotheses.explaining import find_with, names
from tests.causes.hypotheses.windows import windows


def ridge(weight):
    """A loss with a regularisation, which has another weight in the gradient."""

    def forward(x, w, reg):
        s = x @ w
        return np.sum(s * s) / 2 + reg * np.sum(w * w), (x, w, s, reg)

    def backward(dy, cache):
        x, w, s, reg = cache
        return dy * s @ w.T, dy * (x.T @ s + 2 * weight(reg, x) * w)

    inputs = {"x": Array("N D"), "w": Array("D C")}
    return Op("ridge", forward, backward, inputs=inputs, settings={"reg": choice(0.25, 0.0, 0.1)})


@pytest.mark.parametrize(
    ("weight", "name"),
    [
        (lambda reg, x: 0, "regularisation-missing"),
        (lambda reg, x: reg / 2, "regularisation-half"),
        (lambda reg, x: 2 * reg, "regularisation-twice"),
        (lambda reg, x: reg / len(x), "regularisation-divided"),
    ],
)
def test_another_weight_of_the_regularisation_is_named(weight, name):
    assert names(find_with(propose_settings, ridge(weight), "w")) == [name]


def test_any_other_weight_has_no_name():
    assert not find_with(propose_settings, ridge(lambda reg, x: reg * np.sum(x)), "w")


def test_names_of_regularisation_are_known():
    assert weighs_regularisation("weight_decay")
    assert weighs_regularisation("reg")
    assert not weighs_regularisation("stride")


@pytest.mark.slow
def test_a_stride_that_is_ignored_is_named():
    assert names(find_with(propose_settings, windows(lambda n, stride: n), "x")) == ["stride-ignored"]


@pytest.mark.slow
def test_a_stride_that_is_ignored_is_named_by_what_it_does():
    def backward(dy, shape):
        dx = np.zeros(shape)
        dx[:, : dy.shape[1]] = dy
        return dx

    op = Op(
        "subsample",
        lambda x, factor: (x[:, ::factor].copy(), x.shape),
        backward,
        inputs={"x": Array("N T")},
        settings={"factor": whole(1, 3)},
    )
    assert names(find_with(propose_settings, op, "x")) == ["stride-ignored"]
    scaled = Op(
        "scaled", lambda x, factor: (x * factor, None), lambda dy, _: dy, inputs=op.inputs, settings=op.settings
    )
    assert "stride-ignored" not in names(find_with(propose_settings, scaled, "x"))


@pytest.mark.slow
def test_a_share_for_its_complement_is_named():
    op = Op(
        "dropout",
        lambda x, mask, p: (x * mask / (1 - p), (mask, p)),
        lambda dy, cache: (dy * cache[0] / cache[1], None),
        inputs={"x": Array("N D"), "mask": Array("N D", bits())},
        settings={"p": choice(0.5, 0.25, 0.125)},
    )
    (cause,) = find_with(propose_settings, op, "x")
    assert (cause.name, cause.words) == ("complement", "(1 - p) is used for p")


def test_a_choice_that_is_ignored_is_named():
    def forward(x, reduction):
        return np.sum(np.sin(x)) / (x.size if reduction == "mean" else 1), (x, reduction)

    op = Op(
        "reduced",
        forward,
        lambda dy, cache: dy * np.cos(cache[0]) / cache[0].size,
        inputs={"x": Array("N D")},
        settings={"reduction": choice("mean", "sum")},
    )
    assert [cause.words for cause in find_with(propose_settings, op, "x")] == [
        "reduction is ignored: it is as if it were always 'mean'"
    ]
