"""What is found in wrong code of real use: one finding for one cause, the smallest, with a hint that fits or none."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck import Array, adapt, booleans, check, indices, whole

pytestmark = pytest.mark.slow


def count_elements(finding):
    """The elements of all inputs of a finding's case."""
    return sum(a.size for a in finding.case.inputs.values())


def attention(q, k, v, mask):
    s = np.where(mask, q @ np.swapaxes(k, 1, 2), -1e9)
    e = np.exp(s - s.max(-1, keepdims=True))
    p = e / e.sum(-1, keepdims=True)
    return p @ v, (q, k, v, p)


def attention_backward_of_masked(dy, cache):
    """Forgets that a masked score does not depend on q and k: seen only in rows that are masked as a whole."""
    q, k, v, p = cache
    dp = dy @ np.swapaxes(v, 1, 2)
    ds = p * (dp - (dp * p).sum(-1, keepdims=True))
    return ds @ k, np.swapaxes(ds, 1, 2) @ q, np.swapaxes(p, 1, 2) @ dy, None


def test_masked_attention_shrinks_to_one_query_and_two_keys():
    mask = Array("B Q K", booleans())
    result = check(
        adapt(attention, attention_backward_of_masked, q="B Q D", k="B K D", v="B K M", mask=mask), examples=100
    )
    finding = result.findings[0]
    assert (finding.law, finding.input) == ("gradient", "q")
    assert count_elements(finding) <= 7


def test_a_convolution_that_assigns_shrinks_though_its_sizes_are_bounded():
    def convolve(x, w):
        windows = np.lib.stride_tricks.sliding_window_view(x, len(w))
        return windows @ w, (x, w, windows)

    def convolve_backward(dy, cache):
        x, w, windows = cache
        dx = np.zeros_like(x)
        for i, d in enumerate(dy):
            dx[i : i + len(w)] = d * w
        return dx, windows.T @ dy

    op = adapt(convolve, convolve_backward, x="M+K-1", w="K", sizes={"K": whole(2, 4), "M": whole(1, 6)})
    finding = check(op, examples=60).findings[0]
    assert (finding.law, finding.input) == ("gradient", "x")
    assert count_elements(finding) <= 5


def test_a_sum_over_the_batch_comes_before_the_overflow():
    def loss(w, x, y):
        e = np.exp(x @ w)
        p = e / e.sum()
        d = p.copy()
        d[np.arange(len(x)), y] -= 1
        return -np.mean(np.log(p[np.arange(len(x)), y])), x.T @ d / len(x)

    def textbook(w, x, y):
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x @ w, axis=1), y[:, None], axis=1))

    op = adapt(loss, adapter="loss", w="D C", x="N D", y=Array("N", indices("C")), gradients=["w"], reference=textbook)
    first = check(op, examples=60).findings[0]
    assert (first.law, first.status, first.kind) == ("value", "failed", "disagrees")
    assert "nan" not in first.claim
    assert "inf" not in first.claim


def test_a_wrong_factor_does_not_slip_into_a_wrong_shape():
    op = adapt(
        lambda x, param: (np.pad(x, param["pad"]), param["pad"]),
        lambda dy, p: 3 * dy[p:-p],
        x="N",
        param={"pad": whole(0, 2)},
        name="padded",
    )
    claims = {f.law: f.claim for f in check(op, examples=60).findings}
    assert claims["contract"] == "gradient of x has shape (0,), expected (1,)"
    assert claims["gradient"] == "gradient of x is 3 at [0], expected 1"


def test_a_random_mask_is_one_finding():
    def forward(x):
        mask = np.random.default_rng().random(x.shape) < 0.5
        return x * mask, mask

    findings = check(adapt(forward, lambda dy, mask: dy * mask, x="N D", name="noisy"), examples=40).findings
    assert [(f.law, f.status) for f in findings if not f.follows] == [("purity", "failed")]


def cumulate(x):
    y = np.cumprod(x, axis=-1)
    return y, (x, y)


def cumulate_backward(dy, cache):
    x, y = cache
    return np.cumsum((dy * y)[..., ::-1], axis=-1)[..., ::-1] / x


def test_a_division_by_zero_is_told_by_its_name():
    result = check(adapt(cumulate, cumulate_backward, x="N D"), examples=60)
    finding = next(f for f in result.findings if f.law != "purity")
    assert "encountered in divide" in finding.hint
    assert "exponential" not in finding.hint
    assert count_elements(finding) == 1


def test_a_factor_of_almost_one_is_written_in_digits():
    op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * (1 + 1e-5) * dy * x, x="N D", name="almost")
    (finding,) = check(op, examples=60).findings
    assert finding.cause.startswith("it is 1 + 1e-05 times the right gradient (so in all ")


def test_a_mistyped_argument_has_no_hint_about_lawful_inputs():
    op = adapt(lambda x: (np.sum(x, axsi=1), x), lambda dy, x: np.ones_like(x), x="N D", name="mistyped")
    finding = check(op, examples=10).findings[0]
    assert (finding.status, finding.hint) == ("crashed", "")


def pool(x):
    y = x.max(axis=1)
    return y, x == y[:, None]


def test_all_of_a_tie_is_told_how_to_declare_itself():
    op = adapt(pool, lambda dy, is_largest: dy[:, None] * is_largest, x="N D", name="pool")
    (finding,) = check(op, examples=60).findings
    assert finding.law == "kinks"
    assert 'convention="all"' in finding.hint


def test_kinks_follow_from_a_gradient_that_is_wrong_anyway():
    op = adapt(pool, lambda dy, is_largest: 2 * dy[:, None] * is_largest, x="N D", name="doubled pool")
    findings = check(op, examples=60).findings
    assert [f.law for f in findings if not f.follows] == ["gradient"]
