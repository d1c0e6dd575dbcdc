"""Forwards of users with a mistake in one line, and the formulas that they should compute."""

import numpy as np

from gradcheck import Array, adapt, choice, namespace, positive, real


def logsumexp_forward(x: "N D"):  # noqa: F722
    m = x.max(axis=1)
    e = np.exp(x - m[:, None])
    total = e.sum(axis=1)
    return np.log(total), e / total[:, None]


def overflowing_forward(x: "N D"):  # noqa: F722
    e = np.exp(x)
    total = e.sum(axis=1)
    return np.log(total), e / total[:, None]


def logsumexp_backward(dy, p):
    return dy[:, None] * p


def logsumexp_formula(x):
    xp = namespace(x)
    return xp.log(xp.sum(xp.exp(x), axis=1))


def scores_forward(q: "N D", k: "M D"):  # noqa: F722
    d = q.shape[1]
    return q @ k.T / d, (q, k, d)


def scores_backward(dy, cache):
    q, k, d = cache
    dy = dy / np.sqrt(d)
    return dy @ k, dy.T @ q


def scores_formula(q, k):
    return q @ k.T / np.sqrt(q.shape[1])


def mix_forward(a: "N D", b: "N D", t: "N D"):  # noqa: F722
    return t * a + t * b, (a, b, t)


def mix_backward(dy, cache):
    a, b, t = cache
    return dy * t, dy * (1 - t), dy * (a - b)


def mix_formula(a, b, t):
    return t * a + (1 - t) * b


def softplus_forward(x, beta=2.0):
    z = beta * x
    return np.logaddexp(0, z) * beta, z


def softplus_backward(dy, z):
    return dy * 0.5 * (1 + np.tanh(0.5 * z))


def softplus_formula(x, beta):
    xp = namespace(x)
    return xp.log(1 + xp.exp(beta * x)) / beta


def steps_forward(x: "N D", w: "D M", b: "M"):  # noqa: F722, F821
    y = np.zeros((len(x), w.shape[1]))
    for k in range(x.shape[1]):
        y += x[:, k : k + 1] * w[k]
        y += b
    return y, (x, w)


def steps_backward(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def steps_formula(x, w, b):
    return x @ w + b


def half_forward(x: "N D"):  # noqa: F722
    return np.sum(x * x, axis=1), x


def half_backward(dy, x):
    return 2 * x * dy[:, None]


def half_formula(x):
    return namespace(x).sum(x * x, axis=1) / 2


logsumexp = adapt(logsumexp_forward, logsumexp_backward, reference=logsumexp_formula, x=Array("N D", real(-2000, 2000)))
scores = adapt(scores_forward, scores_backward, reference=scores_formula)
mix = adapt(mix_forward, mix_backward, reference=mix_formula)
softplus = adapt(
    softplus_forward,
    softplus_backward,
    reference=softplus_formula,
    x=Array("N D", real(-300, 300)),
    beta=choice(2.0, 0.5),
)
steps = adapt(steps_forward, steps_backward, reference=steps_formula)
half = adapt(half_forward, half_backward, reference=half_formula)
square = adapt(half_forward, half_backward, reference=lambda x: namespace(x).sum(x * x, axis=1))
bounded = adapt(half_forward, half_backward, reference=half_formula, x=Array("N D", real(-1, 1)))


def direction_forward(v, eps=1e-3):
    root = np.sqrt(v + eps)
    return 1 / root, root


def direction_backward(dy, root):
    return -dy / root**2 / (2 * root)


def spread_forward(x):
    n = x.shape[1] - 1
    c = x - x.mean(axis=1, keepdims=True)
    return (c * c).sum(axis=1) / n, (c, n)


def spread_backward(dy, cache):
    c, n = cache
    return 2 * c * dy[:, None] / n


direction = adapt(
    direction_forward,
    direction_backward,
    name="direction",
    v=Array("N", positive()),
    reference=lambda v: 1 / (namespace(v).sqrt(v) + 1e-3),
)
spread = adapt(
    spread_forward,
    spread_backward,
    name="spread",
    x="N D+1",
    reference=lambda x: namespace(x).var(x, axis=1),
)
