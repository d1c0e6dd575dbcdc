"""Stanford CS231n, assignment 1: linear_svm.py, softmax.py, neural_net.py; from 2020 on layers.py and fc_net.py,
in 2015 a function two_layer_net.

The penalty is reg times the sum of squares, or half of it: handouts differ by year.
"""

import numpy as np

from gradcheck import Array, choice, indices, namespace
from gradcheck.ops.losses import softmax_cross_entropy, svm_hinge

LABELS = Array("N", indices("C"))
STRENGTHS = choice(0.0, 0.5, 2.0)
DATA = Array("N D", gradient=False)


def measure_hinge(scores, y):
    """The hinge loss of scores, and its gradient."""
    rows = np.arange(len(y))
    above = scores - scores[rows, y][:, None] + 1
    above[rows, y] = 0
    dscores = (above > 0).astype(scores.dtype)
    dscores[rows, y] -= dscores.sum(axis=1)
    return np.maximum(above, 0).sum() / len(y), dscores / len(y)


def measure_cross_entropy(scores, y):
    """The softmax loss of scores, and its gradient."""
    rows = np.arange(len(y))
    logs = scores - scores.max(axis=1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))
    dscores = np.exp(logs)
    dscores[rows, y] -= 1
    return -logs[rows, y].sum() / len(y), dscores / len(y)


def classify(measure, W, X, y, strength):
    """The loss of a linear classifier with a penalty, and the gradient of W."""
    loss, dscores = measure(X @ W, y)
    return loss + strength * np.sum(W * W), X.T @ dscores + 2 * strength * W


def svm_loss_naive(W: "D C", X: DATA, y: LABELS, reg: STRENGTHS):
    return classify(measure_hinge, W, X, y, reg)


def svm_loss_naive_reference(W, X, y, reg):
    return svm_hinge.reference(X @ W, y) + reg * namespace(W).sum(W**2)


def svm_loss_half(W: "D C", X: DATA, y: LABELS, reg: STRENGTHS):
    return classify(measure_hinge, W, X, y, reg / 2)


def svm_loss_half_reference(W, X, y, reg):
    return svm_loss_naive_reference(W, X, y, reg / 2)


def softmax_loss_naive(W: "D C", X: DATA, y: LABELS, reg: STRENGTHS):
    return classify(measure_cross_entropy, W, X, y, reg)


def softmax_loss_naive_reference(W, X, y, reg):
    return softmax_cross_entropy.reference(X @ W, y) + reg * namespace(W).sum(W**2)


def softmax_loss_half(W: "D C", X: DATA, y: LABELS, reg: STRENGTHS):
    return classify(measure_cross_entropy, W, X, y, reg / 2)


def softmax_loss_half_reference(W, X, y, reg):
    return softmax_loss_naive_reference(W, X, y, reg / 2)


svm_loss_vectorized, svm_loss_vectorized_reference = svm_loss_naive, svm_loss_naive_reference
softmax_loss_vectorized, softmax_loss_vectorized_reference = softmax_loss_naive, softmax_loss_naive_reference


class TwoLayerNet:
    """affine - relu - affine - softmax, with reg times the sum of squares."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(X @ W1 + b1, 0)
        scores = hidden @ W2 + b2
        if y is None:
            return scores
        loss, dscores = measure_cross_entropy(scores, y)
        dhidden = dscores @ W2.T * (hidden > 0)
        grads = {"W1": X.T @ dhidden, "b1": dhidden.sum(axis=0), "W2": hidden.T @ dscores, "b2": dscores.sum(axis=0)}
        grads |= {"W1": grads["W1"] + 2 * reg * W1, "W2": grads["W2"] + 2 * reg * W2}
        return loss + reg * (np.sum(W1 * W1) + np.sum(W2 * W2)), grads


class TwoLayerNetHalf(TwoLayerNet):
    """The same with half of the penalty."""

    def loss(self, X, y=None, reg=0.0):
        return super().loss(X, y, reg / 2)


class TwoLayerNetOfDimensions(TwoLayerNet):
    """The same as fc_net.py asks for it: half of the penalty, whose strength is an argument of the constructor."""

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
        super().__init__(input_dim, hidden_dim, num_classes, weight_scale)
        self.reg = reg

    def loss(self, X, y=None):
        return super().loss(X.reshape(len(X), -1), y, self.reg / 2)


def two_layer_net(X, model, y=None, reg=0.0):
    net = TwoLayerNetHalf(*model["W1"].shape, len(model["b2"]))
    net.params = model
    return net.loss(X, y, reg)


def call_two_layer_net(TwoLayerNet, W1: "D H", b1: "H", W2: "H C", b2: "C", X: DATA, y: LABELS, reg: STRENGTHS):
    net = TwoLayerNet(len(W1), len(b1), len(b2))
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2)
    return net.loss(X, y, reg)


def call_two_layer_net_of_dimensions(
    TwoLayerNet, W1: "D H", b1: "H", W2: "H C", b2: "C", X: DATA, y: LABELS, reg: STRENGTHS
):
    net = TwoLayerNet(input_dim=len(W1), hidden_dim=len(b1), num_classes=len(b2), weight_scale=1e-2, reg=reg)
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2)
    return net.loss(X, y)


def call_two_layer_net_function(
    two_layer_net, W1: "D H", b1: "H", W2: "H C", b2: "C", X: DATA, y: LABELS, reg: STRENGTHS
):
    return two_layer_net(X, {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, y, reg)


def two_layer_net_reference(W1, b1, W2, b2, X, y, reg):
    xp = namespace(X)
    inside = X @ W1 + b1
    scores = xp.where(inside > 0, inside, 0 * inside) @ W2 + b2
    return softmax_cross_entropy.reference(scores, y) + reg * (xp.sum(W1**2) + xp.sum(W2**2))


def two_layer_net_half_reference(W1, b1, W2, b2, X, y, reg):
    return two_layer_net_reference(W1, b1, W2, b2, X, y, reg / 2)


def affine_forward(x: "N D E", w: "D*E M", b: "M"):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def affine_reference(x, w, b):
    xp = namespace(x)
    return xp.sum(xp.reshape(x, (x.shape[0], w.shape[0], 1)) * w, axis=1) + b


def relu_forward(x: "*S"):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def relu_reference(x):
    return namespace(x).where(x > 0, x, 0 * x)


def affine_relu_forward(x: "N D E", w: "D*E M", b: "M"):
    a, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout, cache):
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)


def affine_relu_reference(x, w, b):
    return relu_reference(affine_reference(x, w, b))


def svm_loss(x: "N C", y: LABELS):
    return measure_hinge(x, y)


def svm_loss_reference(x, y):
    return svm_hinge.reference(x, y)


def softmax_loss(x: "N C", y: LABELS):
    return measure_cross_entropy(x, y)


def softmax_loss_reference(x, y):
    return softmax_cross_entropy.reference(x, y)
