"""Right code in the styles in which it is met holds, whatever is said of it; a fault of the same look fails."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck import adapt, check
from gradcheck.records.status import FAILING_STATUSES

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Style:
    """A forward with a right backward and a wrong one, and what is said of the right one."""

    forward: Any
    right: Any
    wrong: Any
    declared: dict[str, Any]
    status: str = "passed"
    said_by: frozenset[str] = frozenset()


def cube_root(x):
    return np.cbrt(x), x


def cube_root_backward(dy, x):
    with np.errstate(divide="ignore"):
        return dy / (3 * np.cbrt(x) ** 2)


def angle_backward(dz, cache):
    y, x = cache
    r = x * x + y * y
    return dz * x / r, -dz * y / r


def normalise(x):
    n = np.maximum(np.sqrt((x * x).sum(1, keepdims=True)), 1e-12)
    return x / n, (x, n)


def normalise_backward(dy, cache):
    x, n = cache
    inside = n > 1e-12
    return dy / n - inside * x * (dy * x).sum(1, keepdims=True) / n**3


def geometric_mean(x):
    y = np.exp(np.log(x).mean(axis=1))
    return y, (x, y.copy())


def gaussian(x, mu, s):
    sigma = np.exp(s)
    z = (x - mu) / sigma
    return (-0.5 * z * z - s).sum(), (z, sigma)


def gaussian_backward(dy, cache):
    z, sigma = cache
    return -dy * z / sigma, dy * (z / sigma).sum(0), dy * (z * z - 1).sum(0)


def rows_of_layer_norm(x):
    rows = [[(v - sum(row) / len(row)) for v in row] for row in x]
    centred = np.array(rows).reshape(x.shape)
    s = np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
    return centred / s, (centred / s, s)


def rows_of_layer_norm_backward(dy, cache):
    y, s = cache
    d = np.array([list(row) for row in dy]).reshape(dy.shape)
    return d / s - d.mean(1, keepdims=True) / s - y * (d * y).mean(1, keepdims=True) / s


def softplus_tail(x):
    return np.array([[float(np.log(1 + np.exp(v))) for v in row] for row in x]).reshape(x.shape), x


def net(x, w, v):
    h = np.maximum(x @ w, 0)
    return h @ v, (x, w, v, h)


def net_backward(dy, cache):
    x, w, v, h = cache
    d = (dy @ v.T) * (h > 0)
    return d @ w.T, x.T @ d, h.T @ dy


def dropout_at_test_time(x):
    return x, None


def power(x, b):
    y = x**b
    return y, (x, b, y.copy())


def power_backward(dy, cache):
    x, b, y = cache
    logarithm = np.log(np.where(x > 0, x, 1.0))
    slope = b * np.where(b == 0, 1.0, x) ** np.where(b == 0, 1.0, b - 1)
    return dy * slope, np.where(y == 0, 0.0, dy * y * logarithm)


STYLES = {
    "cube root at zero": Style(cube_root, cube_root_backward, lambda dy, x: 2 * cube_root_backward(dy, x), {"x": "N"}),
    "arctan2 at the origin": Style(
        lambda y, x: (np.arctan2(y, x), (y, x)),
        angle_backward,
        lambda dz, cache: tuple(-g for g in angle_backward(dz, cache)),
        {"y": "N", "x": "N"},
    ),
    "x / max(norm, 1e-12) at zero": Style(normalise, normalise_backward, lambda dy, cache: dy / cache[1], {"x": "N D"}),
    "square root without a domain": Style(
        lambda x: (np.sqrt(x), x), lambda dy, x: dy / (2 * np.sqrt(x)), lambda dy, x: dy / np.sqrt(x), {"x": "N"}
    ),
    "geometric mean without a domain": Style(
        geometric_mean,
        lambda dy, c: (dy * c[1] / c[0].shape[1])[:, None] / c[0],
        lambda dy, c: (dy * c[1])[:, None] / c[0],
        {"x": "N D"},
    ),
    "power of negative numbers": Style(
        power, power_backward, lambda dy, c: (power_backward(dy, c)[0], dy * c[2]), {"x": "N", "b": "N"}
    ),
    "gaussian with a log of sigma": Style(
        gaussian,
        gaussian_backward,
        lambda dy, c: (*gaussian_backward(dy, c)[:2], dy * (c[0] ** 2).sum(0)),
        {"x": "N D", "mu": "D", "s": "D"},
        "warning",
        frozenset({"extremes"}),
    ),
    "layer norm of rows in lists": Style(
        rows_of_layer_norm,
        rows_of_layer_norm_backward,
        lambda dy, c: dy / c[1] - dy.mean(1, keepdims=True),
        {"x": "N D"},
    ),
    "softplus where it is flat": Style(
        softplus_tail,
        lambda dy, x: dy / (1 + np.exp(-x)),
        lambda dy, x: dy / (1 + np.exp(x)),
        {"x": "N D"},
        "warning",
        frozenset({"extremes"}),
    ),
    "two-layer net with jnp.maximum as reference": Style(
        net,
        net_backward,
        lambda dy, c: (*net_backward(dy, c)[:2], 2 * net_backward(dy, c)[2]),
        {"x": "N D", "w": "D H", "v": "H C", "reference": lambda x, w, v: jnp.maximum(x @ w, 0) @ v},
    ),
    "upstream handed on": Style(
        dropout_at_test_time,
        lambda dy, cache: dy,
        lambda dy, cache: 2 * dy,
        {"x": "N D"},
        "warning",
        frozenset({"purity"}),
    ),
}


@pytest.mark.parametrize("name", STYLES)
def test_right_code_is_not_accused(name):
    style = STYLES[name]
    result = check(adapt(style.forward, style.right, name=name, **style.declared), examples=100)
    accused = [(f.law, f.claim) for f in result.findings if f.status in FAILING_STATUSES]
    assert accused == []
    assert result.status in ("passed", style.status), result.verdicts
    assert {f.law for f in result.findings} <= style.said_by


@pytest.mark.parametrize("name", STYLES)
def test_a_fault_of_the_same_look_fails(name):
    style = STYLES[name]
    result = check(adapt(style.forward, style.wrong, name=name, **style.declared), examples=50, shrink=False)
    assert result.verdict("gradient").status == "failed"
    assert not any("nan ±" in f.claim or "± nan" in f.claim for f in result.findings)
