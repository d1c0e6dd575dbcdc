"""What a function draws at random is told from what its model draws, and two of the same are not."""

import numpy as np
import pytest

from gradcheck import adapt, choice, whole
from gradcheck.audit.draws import Average, compare_draws, measure_draws

SETTINGS = {"x": "*S", "p": choice(0.25, 0.8), "seed": whole(0, 9)}


def make_dropout(draw):
    """Dropout that multiplies by what is drawn for a shape and the probability of keeping."""

    def forward(x, p, seed):
        np.random.seed(seed)  # noqa: NPY002  # as the course has it
        mask = draw(x.shape, p)
        return x * mask, mask

    return adapt(forward, lambda dy, mask: dy * mask, name="dropout", **SETTINGS)


def keep(shape, p):
    return (np.random.rand(*shape) < p) / p  # noqa: NPY002


MISTAKES = {
    "not scaled": (lambda shape, p: keep(shape, p) * p, "mean is"),
    "p to drop": (lambda shape, p: keep(shape, 1 - p), "mean square is"),
    "normal numbers": (lambda shape, p: (np.random.randn(*shape) < p) / p, "mean is"),  # noqa: NPY002
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_share_or_scale_is_told_with_the_setting(mistake):
    draw, words = MISTAKES[mistake]
    told = compare_draws(make_dropout(draw), measure_draws(make_dropout(keep)))
    assert words in told
    assert "where p=0.25" in told


def test_the_same_draws_in_another_order_are_right():
    def keep_transposed(shape, p):
        return keep(shape[::-1], p).T

    assert compare_draws(make_dropout(keep_transposed), measure_draws(make_dropout(keep))) == ""


def test_what_raises_on_ones_is_told():
    def refuse(shape, p):
        raise ValueError("no")

    assert "ValueError: no" in compare_draws(make_dropout(refuse), measure_draws(make_dropout(keep)))


def test_an_op_of_several_inputs_is_not_compared():
    op = adapt(lambda x, y: (x + y, None), lambda dy, cache: (dy, dy), name="add", x="N", y="N")
    assert measure_draws(op) is None


def test_averages_agree_within_their_standard_errors():
    rng = np.random.default_rng(0)
    one, other = (Average.of(rng.normal(size=10_000)) for _ in range(2))
    assert one.agrees(other)
    assert not one.agrees(Average.of(rng.normal(0.2, size=10_000)))
