"""What a setting does is told by its name, else by the forward."""

import numpy as np
import pytest

from gradcheck import Array, Op, whole
from gradcheck.causes.setting_roles import find_role


def pool(x, r, size):
    starts = range(0, x.shape[1] - size + 1, r)
    return np.stack([x[:, s : s + size].max(1) for s in starts], 1), None


def convolve(x, w, rate):
    n = x.shape[1] - rate * (len(w) - 1)
    return sum(x[:, k * rate : k * rate + n] * w[k] for k in range(len(w))), None


def scale(x, factor):
    return x * factor, None


def repeat(x, factor):
    return np.repeat(x, factor, axis=1), None


def average(x, size):
    return x[:, : x.shape[1] // size * size].reshape(len(x), -1, size).mean(2), None


def declare(forward, x="N T", **settings):
    inputs = {"x": Array(x)} | ({"w": Array("K")} if "K" in x else {})
    return Op("op", forward, lambda dy, cache: dy, inputs=inputs, settings=settings)


@pytest.mark.parametrize(
    ("op", "name", "role"),
    [
        (declare(pool, "N T+size", r=whole(1, 3), size=whole(1, 3)), "r", "stride"),
        (declare(pool, "N T+size", r=whole(1, 3), size=whole(1, 3)), "size", ""),
        (declare(convolve, "N T+rate*(K-1)", rate=whole(1, 3)), "rate", "dilat"),
        (declare(scale, factor=whole(1, 3)), "factor", ""),
        (declare(repeat, factor=whole(1, 3)), "factor", ""),
        (declare(average, "N 3*T", size=whole(1, 3)), "size", ""),
        (declare(scale, padding=whole(1, 3)), "padding", "pad"),
    ],
)
def test_the_role_is_what_the_forward_does(op, name, role):
    assert find_role(op, name) == role
