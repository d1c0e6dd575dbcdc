"""A plain pair gets its shapes from annotations, from a point, or from the usual ones."""

import numpy as np
import pytest

from gradcheck import Array, Op, Several, check
from gradcheck.adapters import adapt
from gradcheck.adapters.inference import NoShapes
from gradcheck.checking.op_check import format_declared_shapes
from gradcheck.ops.recurrent import lstm_step


def adapt_named(name, forward, backward, **given):
    return adapt(forward, backward, name=name, **given)


def square(x):
    return x * x, x


def square_backward(dy, x):
    return 2 * x * dy


def affine(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def multiply(a, b):
    return a * b, (a, b)


def multiply_backward(dy, cache):
    a, b = cache
    return dy * b, dy * a


def layer_norm(x, gamma, beta, eps=1e-5):
    s = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    h = (x - x.mean(axis=-1, keepdims=True)) / s
    return gamma * h + beta, (h, s, gamma)


def layer_norm_backward(dy, cache):
    h, s, gamma = cache
    dh = dy * gamma
    dx = (dh - dh.mean(axis=-1, keepdims=True) - h * (dh * h).mean(axis=-1, keepdims=True)) / s
    return dx, (dy * h).sum(axis=0), dy.sum(axis=0)


def softmax_loss(x, labels):
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(x)), labels]), (np.exp(log_p), labels)


def softmax_loss_backward(dy, cache):
    p, labels = cache
    dx = p.copy()
    dx[np.arange(len(p)), labels] -= 1
    return dy * dx / len(p), None


def windows(x, w):
    """Every patch of x that w lies on.  → (N, C, H-K+1, W-L+1, K, L)"""
    if x.shape[1] != w.shape[1]:
        raise ValueError("other channels")
    return np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))


def conv(x, w, b):
    return np.einsum("ncijkl,mckl->nmij", windows(x, w), w) + b[:, None, None], (x, w)


def conv_backward(dy, cache):
    x, w = cache
    dx = np.zeros_like(x)
    for k, m in np.ndindex(w.shape[2:]):
        dx[:, :, k : k + dy.shape[2], m : m + dy.shape[3]] += np.einsum("nmij,mc->ncij", dy, w[:, :, k, m])
    return dx, np.einsum("ncijkl,nmij->mckl", windows(x, w), dy), dy.sum(axis=(0, 2, 3))


USUAL = {
    "one input": (square, square_backward, "x: (N D)"),
    "elementwise": (multiply, multiply_backward, "a: (N D), b: (N D)"),
    "affine": (affine, affine_backward, "x: (N D), w: (D M), b: (M)"),
    "layer norm": (layer_norm, layer_norm_backward, "x: (N D), gamma: (D), beta: (D)"),
    "softmax loss": (softmax_loss, softmax_loss_backward, "x: (N D), labels: (N)"),
    "convolution": (conv, conv_backward, "x: (N C H W), w: (M C K L), b: (M)"),
    "LSTM": (
        lstm_step.forward,
        lstm_step.backward,
        "x: (N D), h: (N H), c: (N H), wx: (D 4*H), wh: (H 4*H), b: (4*H)",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", USUAL)
def test_the_usual_shapes_are_found_and_the_pair_holds_on_them(name):
    forward, backward, shapes = USUAL[name]
    op = adapt_named("layer", forward, backward)
    assert (format_declared_shapes(op), op.origin.shapes_inferred) == (shapes, True)
    result = check(op, examples=12)
    assert result.status == "passed", [f.claim for f in result.findings]
    assert result.notes[0] == f"shapes were inferred: {shapes}"
    assert result.verdict("gradient").examined == result.cases


def test_labels_are_whole_numbers_that_have_no_gradient():
    labels = adapt_named("loss", softmax_loss, softmax_loss_backward).inputs["labels"]
    assert (labels.domain.name, labels.differentiable) == ("indices(D)", False)


def test_several_outputs_are_counted():
    assert adapt_named("lstm", lstm_step.forward, lstm_step.backward).outputs == ("y0", "y1")


# parameters


def test_parameters_with_a_default_keep_it():
    seen = set()

    def forward(x, power=3, *, scale=2.0):
        seen.add((power, scale))
        return scale * x**power, x

    op = adapt_named("power", forward, lambda dy, x: 6 * x**2 * dy)
    assert list(op.inputs) == ["x"]
    assert check(op, examples=8).status == "passed"
    assert seen == {(3, 2.0)}


def test_a_forward_without_inputs_is_refused():
    with pytest.raises(NoShapes, match="odd: forward has no inputs"):
        adapt_named("odd", lambda: (1.0, None), square_backward)


def test_any_number_of_inputs_is_refused_with_the_declaration_to_write():
    with pytest.raises(NoShapes, match=r"any number of inputs.*Several\(Array"):
        adapt_named("odd", lambda *xs: (sum(xs), None), square_backward)


def test_where_nothing_fits_the_message_says_what_to_write():
    def forward(x, w):
        raise ValueError("never")

    with pytest.raises(NoShapes, match=r'odd: forward\(x, w\) runs on none.*def forward\(x: "N D", …\).*Op\(…'):
        adapt_named("odd", forward, square_backward)


# at a point


def test_what_forward_raises_on_all_shapes_is_told():
    with pytest.raises(NoShapes, match=r"none of the shapes tried \(forward raised AttributeError: .*maximun"):
        adapt(lambda x: (np.maximun(0, x), x), lambda dy, x: dy * (x > 0))


def test_the_shapes_suit_backward_too():
    op = adapt(lambda x, a: (a * x, (x, a)), lambda dy, c: (dy * c[1], np.sum(dy * c[0])))
    assert format_declared_shapes(op) == "x: (N D), a: ()"
    op = adapt(lambda x, w: (x * w, (x, w)), lambda dy, c: (dy * c[1], np.sum(dy * c[0], axis=0)))
    assert format_declared_shapes(op) == "x: (N D), w: (D)"


def test_no_shape_fits_by_accident():
    w = np.ones((4, 3))
    with pytest.raises(NoShapes, match=r"runs on none of the shapes tried"):
        adapt(lambda x: (x @ w, x), lambda dy, x: dy @ w.T)


def test_at_a_point_the_shapes_are_its_own():
    op = adapt_named("affine", affine, affine_backward, at=(np.ones((2, 3)), np.ones((3, 1)), np.ones(1)))
    assert (format_declared_shapes(op), op.origin.shapes_inferred) == ("x: (2 3), w: (3 1), b: (1)", False)


def test_whole_numbers_at_a_point_stay_as_they_are():
    op = adapt_named("loss", softmax_loss, softmax_loss_backward, at=(np.eye(3), np.array([2, 0, 1])))
    assert not op.inputs["labels"].differentiable
    assert check(op, examples=8).status == "passed"


# what is the layer's fault, and what the shapes'


def test_a_bare_output_is_a_finding_of_contract_and_no_question_of_shapes():
    op = adapt_named("bare", lambda x, w, b: x @ w + b, affine_backward)
    assert format_declared_shapes(op) == "x: (N D), w: (D M), b: (M)"
    result = check(op, examples=8)
    (finding,) = result.findings
    assert (finding.law, finding.status) == ("contract", "failed")
    assert "not (output, cache)" in finding.claim


def squared_error(x, w, y):
    rest = x @ w - y
    return 0.5 * np.sum(rest * rest), (x, w, rest)


def matrix_backward(dy, cache):
    x, w, rest = cache
    return dy * (rest @ w.T), dy * (x.T @ rest), -dy * rest


def vector_backward(dy, cache):
    x, w, rest = cache
    return dy * np.outer(rest, w), dy * (x.T @ rest), -dy * rest


def without_gradient_of_target(dy, cache):
    return (*vector_backward(dy, cache)[:2], None)


def without_transpose(dy, cache):
    x, w, rest = cache
    return dy * (rest @ w.T), dy * (x.T @ rest)[::-1], -dy * rest


@pytest.mark.parametrize(
    ("backward", "shapes", "status"),
    [
        (matrix_backward, "x: (N D), w: (D M), y: (N M)", "passed"),
        (vector_backward, "x: (N D), w: (D), y: (N)", "passed"),
        (without_gradient_of_target, "x: (N D), w: (D), y: (N)", "passed"),
        (without_transpose, "x: (N D), w: (D M), y: (N M)", "failed"),
    ],
)
def test_a_target_has_the_shape_of_the_prediction(backward, shapes, status):
    op = adapt_named("squared_error", squared_error, backward)
    assert format_declared_shapes(op) == shapes
    assert check(op, examples=8, shrink=False).status == status


def test_a_forward_that_refuses_some_shapes_is_noted_and_not_accused():
    def choosy(x):
        if x.shape[0] == 1:
            raise ValueError("one row is too few")
        return x * x, x

    result = check(adapt_named("choosy", choosy, square_backward), examples=24)
    assert (result.status, result.cases) == ("passed", 24)
    assert "shapes were inferred: x: (N+1 D)" in result.notes
    assert "forward refuses shapes with N < 2 (forward raised ValueError: one row is too few)" in result.notes


def test_a_backward_that_raises_is_accused_also_where_shapes_were_inferred():
    def backward(dy, x):
        raise ValueError("not today")

    result = check(adapt_named("square", square, backward), examples=8)
    assert result.verdict("contract").status == "crashed"


def test_a_logarithm_of_nothing_but_x_is_not_accused():
    op = adapt_named("log", lambda x: (np.log(x), x), lambda dy, x: dy / x)
    assert check(op, examples=24, laws=("gradient",)).findings == ()


def test_a_declared_op_is_never_called_inferred():
    op = Op("sum", lambda *xs: (sum(xs), len(xs)), lambda dy, n: (dy,) * n, inputs={"xs": Several(Array("N"))})
    assert not any("inferred" in note for note in check(op, examples=8, laws=("contract",)).notes)
