"""Wrong ops that hide where a check does not look, each beside the right op of the same forward.

Outputs that are not finite, gradients that rounding has swallowed, and functions of which no witness knows a digit.
"""

from dataclasses import dataclass, replace

import numpy as np

from gradcheck.declaration.domain import bits, positive, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


@dataclass(frozen=True)
class HiddenFault:
    """A wrong op beside the right one.

    status: that of the wrong one.  declared: the right op with a domain, where too little of it can be examined without
    one.  needs_reference: whether only a reference knows enough digits to find it.
    """

    wrong: Op
    right: Op
    status: str = "failed"
    declared: Op | None = None
    needs_reference: bool = False


def make_op(name, forward, backward, **inputs):
    """An op in float64."""
    arrays = {label: shape if isinstance(shape, Array) else Array(shape) for label, shape in inputs.items()}
    return Op(name, forward, backward, inputs=arrays, dtypes=("float64",))


def hide(right, backward, **parts):
    """A right op beside the one with this backward."""
    return HiddenFault(replace(right, backward=backward), right, **parts)


def score_causally(q, k):
    scale = 1 / np.sqrt(q.shape[2])
    past = np.tri(q.shape[1], dtype=bool)
    return np.where(past, np.einsum("nid,njd->nij", q, k) * scale, -np.inf), (q, k, past, scale)


def pull_scores(dy, cache):
    q, k, past, scale = cache
    ds = np.where(past, dy * scale, 0.0)
    return np.einsum("nij,njd->nid", ds, k), np.einsum("nij,nid->njd", ds, q)


def pull_scores_untransposed(dy, cache):
    q, k, past, scale = cache
    ds = np.where(past, dy * scale, 0.0)
    return np.einsum("nij,njd->nid", ds, k), np.einsum("nij,njd->nid", ds, q)


def log_softmax_masked(x, mask):
    kept = np.where(mask > 0, x, -np.inf)
    shifted = kept - np.max(kept, axis=1, keepdims=True)
    y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return y, (y.copy(), mask)


def pull_log_softmax_masked(dy, cache):
    y, mask = cache
    used = np.where(mask > 0, dy, 0.0)
    return used - np.exp(y) * used.sum(axis=1, keepdims=True), None


def pull_log_softmax_by_count(dy, cache):
    y, mask = cache
    used = np.where(mask > 0, dy, 0.0)
    kept = mask.sum(axis=1, keepdims=True)
    return used - np.exp(y) * used.mean(axis=1, keepdims=True) * kept, None


def softmax_masked(x, mask):
    kept = np.where(mask > 0, x, -np.inf)
    e = np.exp(kept - np.max(kept, axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p, p.copy()


def diverge(p, q):
    return (p * (np.log(p) - np.log(q))).sum(axis=1), (p, q)


def pull_divergence(dy, cache):
    p, q = cache
    rows = dy[:, None]
    return rows * (1 + np.log(p) - np.log(q)), -rows * p / q


def pull_divergence_of_all_rows(dy, cache):
    p, q = cache
    return dy[:, None] * (1 + np.log(p) - np.log(q)), -dy.sum() * p / q


def square_running_sums(x):
    y = np.empty_like(x)
    for j in range(x.shape[1]):
        y[:, j] = np.square(x[:, : j + 1].sum(axis=1))
    return y, x


def pull_running_sums(dy, x, last=0.0):
    g = 2 * dy * np.cumsum(x, axis=1)
    ended = np.concatenate([g, np.full((len(x), 1), last)], axis=1)
    return np.flip(np.cumsum(np.flip(ended, 1), axis=1), 1)[:, :-1] - last


def join_two_branches(x):
    y = np.empty_like(x)
    y[x > 0] = x[x > 0] * np.tanh(x[x > 0])
    y[x <= 0] = np.sin(x[x <= 0]) / 8
    return y


def pull_two_branches(dy, x):
    return dy * np.where(x > 0, np.tanh(x) + x / np.cosh(x) ** 2, np.cos(x) / 8)


def pull_by_one_spacing(dy, x):
    h = np.finfo(float).eps
    return dy * (join_two_branches(x + h) - join_two_branches(x)) / h


def warm_up(x):
    y = np.empty_like(x)
    y[:, 0] = np.nan
    y[:, 1:] = np.cumsum(x, axis=1)[:, 1:] / 2
    return y, x.shape


def pull_warm_up(dy, shape):
    used = np.concatenate([np.zeros((shape[0], 1)), dy[:, 1:]], axis=1)
    return np.flip(np.cumsum(np.flip(used, 1), axis=1), 1) / 2


def project_beyond_root_two(x, w):
    length = np.sqrt((x * x).sum(axis=1, keepdims=True) - 2)
    return (x / length) @ w, (x, w, length)


def pull_projection(dy, cache, factor=1.0):
    x, w, length = cache
    g = dy @ w.T
    return g / length - x * (g * x).sum(axis=1, keepdims=True) / length**3, factor * (x / length).T @ dy


def shift_far(x):
    y = np.empty_like(x)
    y[...] = np.tanh(x) + 1e15
    return y, x


def swallow(size):
    """A backward in which a constant of this size swallows digits."""
    return lambda dy, x: (dy * np.cos(x) + size) - size


sine = make_op("sine", lambda x: (np.sin(x), x), lambda dy, x: dy * np.cos(x), x="N D")
softplus = make_op("softplus", lambda x: (np.logaddexp(0, x), x), lambda dy, x: dy / (1 + np.exp(-x)), x="N D")
causal = make_op("causal_scores", score_causally, pull_scores, q="N T D", k="N T D")
mask = Array("N D", bits())
log_softmax = make_op("masked_log_softmax", log_softmax_masked, pull_log_softmax_masked, x="N D", mask=mask)
softmax = make_op(
    "masked_softmax",
    softmax_masked,
    lambda dy, p: (p * (dy - (p * dy).sum(1, keepdims=True)), None),
    x="N D",
    mask=mask,
)
divergence = make_op("divergence", diverge, pull_divergence, p="N D", q="N D")
log_of_product = make_op("log_of_product", lambda x: (np.log(x).sum(), x), lambda dy, x: dy / x, x="N D")
running = make_op("running_sums", square_running_sums, pull_running_sums, x="N D")
branches = make_op("two_branches", lambda x: (join_two_branches(x), x), pull_two_branches, x="N D")
root = make_op("root", lambda x: (np.sqrt(x), np.sqrt(x)), lambda dy, y: dy / (2 * y), x="N D")
warm = make_op("warm_up", warm_up, pull_warm_up, x="N D")
projection = make_op("projection", project_beyond_root_two, pull_projection, x="N D", w="D M")
walled = make_op("walled", lambda x: (np.where(x > 1, np.inf, x * x).sum(), x), lambda dy, x: 2 * dy * x, x="N D")

POSITIVE = Array("N D", positive())

FAULTS = (
    hide(root, lambda dy, y: dy / y),
    hide(causal, pull_scores_untransposed),
    hide(log_softmax, pull_log_softmax_by_count),
    hide(softmax, lambda dy, p: (p * (dy - (p * dy).sum()), None)),
    hide(divergence, pull_divergence_of_all_rows, declared=replace(divergence, inputs={"p": POSITIVE, "q": POSITIVE})),
    hide(log_of_product, lambda dy, x: x.size * dy / x, declared=replace(log_of_product, inputs={"x": POSITIVE})),
    hide(running, lambda dy, x: pull_running_sums(dy, x, last=1e30)),
    hide(branches, pull_by_one_spacing),
    hide(warm, lambda dy, shape: 2 * pull_warm_up(dy, shape)),
    hide(projection, lambda dy, cache: pull_projection(dy, cache, 2.0)),
    hide(projection, lambda dy, cache: tuple(2 * g + 0 * cache[2].sum() for g in pull_projection(dy, cache))),
    hide(
        walled, lambda dy, x: 2 * dy * x * len(x), declared=replace(walled, inputs={"x": Array("N D", real(-0.5, 0.5))})
    ),
    hide(softplus, lambda dy, x: dy * (1 - 1 / (1 + np.exp(x))), needs_reference=True),
    hide(sine, swallow(1e16)),
    hide(sine, swallow(1e30)),
    hide(sine, swallow(1e12), status="imprecise"),
)

UNKNOWN = tuple(
    make_op("shifted_far", shift_far, backward, x="N D")
    for backward in (lambda dy, x: dy / np.cosh(x) ** 2, lambda dy, x: 3 * dy / np.cosh(x) ** 2, lambda dy, x: 0 * dy)
)
"""Right or wrong: of a function that float64 cannot resolve, no witness knows the gradient."""


def add_up_softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p.sum(axis=1), p


def centre_and_add_up(x):
    y = np.empty(len(x))
    y[:] = (x - x.mean(axis=1, keepdims=True)).sum(axis=1)
    return y, x.shape


ZERO = (
    make_op("sum_of_softmax", add_up_softmax, lambda dy, p: p * (dy[:, None] - (dy[:, None] * p).sum(1, keepdims=True)),
            x="N D"),
    make_op("sum_of_softmax", add_up_softmax, lambda dy, p: np.zeros_like(p), x="N D"),
    make_op("sum_of_centred", centre_and_add_up, lambda dy, shape: np.zeros(shape), x="N D"),
    make_op("stairs", lambda x: (np.floor(x / 3), x), lambda dy, x: np.zeros_like(x), x="N D"),
    make_op("constant", lambda x: (0 * x + 1, x), lambda dy, x: 0 * dy, x="N D"),
)  # fmt: skip
"""Right ops whose gradient is zero everywhere."""

two_outputs = Op(
    "two_outputs",
    lambda x: ((np.sin(x), np.sqrt(x - 1e300)), x),
    lambda dy, x: dy[0] * np.cos(x) + np.where(np.isfinite(dy[1]), 0, 1),
    inputs={"x": Array("N D")},
    outputs=("y", "z"),
    dtypes=("float64",),
)
"""The second output is finite nowhere, and its gradient is forgotten."""

one_never_known = make_op(
    "one_never_known",
    lambda x, b: (np.concatenate([np.full((1, x.shape[1]), np.nan), x * b]), (x, b)),
    lambda dy, cache: (dy[1:] * cache[1], (np.concatenate([cache[0][:1] * np.nan, cache[0]]) * dy).sum(axis=0)),
    x="N D",
    b="D",
)
"""The gradient of b is NaN everywhere, beside outputs some of which always are."""

blind_beyond_one = make_op(
    "blind_beyond_one",
    lambda x: (np.sin(x) * (1.0 if min(x.shape) == 1 else np.nan), x),
    lambda dy, x: dy * np.cos(x) * min(x.shape),
    x="N D",
)
"""Wrong where both axes are above one, and not finite there."""
