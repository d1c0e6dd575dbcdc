"""Gradients of losses: regularisation, the label's own class, margins, and rows that do not count."""

from wrong_programs.program import Program, Wrong
from wrong_programs.scale import SOFTMAX_LOSS
from wrong_programs.upstream import ROW_CROSS_ENTROPY

SOFTMAX_CLASSIFIER = Program(
    "softmax_classifier",
    """
import numpy as np
from gradcheck import Array, adapt, choice, indices


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    num_train = X.shape[0]
    num_classes = W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss -= np.log(p[y[i]])
        for j in range(num_classes):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    return loss, dW


op = adapt(
    softmax_loss_naive,
    adapter="loss",
    gradients=["W"],
    W="D C",
    X="N D",
    y=Array("N", indices("C")),
    reg=choice(0.1, 0.0, 0.5),
)
""",
)

SVM_CLASSIFIER = Program(
    "svm_classifier",
    """
import numpy as np
from gradcheck import Array, adapt, choice, indices


def svm_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    rows = np.arange(num_train)
    scores = X @ W
    correct = scores[rows, y]
    margins = np.maximum(0, scores - correct[:, None] + 1.0)
    # the label's own margin is always 1
    loss = np.sum(margins) / num_train - 1 + 0.5 * reg * np.sum(W ** 2)

    binary = (margins > 0).astype(float)
    binary[rows, y] = 1 - binary.sum(axis=1)
    dW = X.T.dot(binary) / num_train
    dW += reg * W
    return loss, dW


op = adapt(
    svm_loss_vectorized,
    adapter="loss",
    gradients=["W"],
    W="D C",
    X="N D",
    y=Array("N", indices("C")),
    reg=choice(0.3, 0.0, 1.0),
)
""",
)

RIDGE = Program(
    "ridge_regression",
    """
import numpy as np
from gradcheck import adapt, choice


def ridge_loss(w, b, X, t, lam):
    N = len(X)
    residual = X @ w + b - t
    loss = np.sum(residual ** 2) / N + lam * np.sum(w ** 2)
    dw = 2 * X.T @ residual / N + 2 * lam * w
    db = 2 * np.sum(residual, axis=0) / N
    return loss, dw, db


ridge = adapt(
    ridge_loss, adapter="loss", gradients=["w", "b"], w="D M", b="M", X="N D", t="N M", lam=choice(0.1, 0.7, 0.0)
)
""",
)

TWO_LAYER_NET = Program(
    "two_layer_net",
    """
import numpy as np
from gradcheck import Array, adapt, choice, indices


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.RandomState(0)
        self.params = {}
        self.params["W1"] = 0.5 * rng.randn(input_size, hidden_size)
        self.params["b1"] = 0.1 * rng.randn(hidden_size)
        self.params["W2"] = 0.5 * rng.randn(hidden_size, output_size)
        self.params["b2"] = 0.1 * rng.randn(output_size)

    def loss(self, X, y, reg):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N = X.shape[0]
        z1 = X @ W1 + b1
        h = np.maximum(0, z1)
        scores = h @ W2 + b2

        scores = scores - scores.max(axis=1, keepdims=True)
        probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        data_loss = -np.log(probs[np.arange(N), y]).mean()
        loss = data_loss + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        grads = {}
        targets = np.eye(probs.shape[1])[y]
        dscores = (probs - targets) / N
        grads["W2"] = h.T @ dscores + reg * W2
        grads["b2"] = dscores.sum(axis=0)
        dh = dscores @ W2.T
        dh[z1 <= 0] = 0
        grads["W1"] = X.T @ dh + reg * W1
        grads["b1"] = dh.sum(axis=0)
        return loss, grads


op = adapt(TwoLayerNet(4, 5, 3), X="N 4", y=Array("N", indices("3")), reg=choice(0.1, 0.0, 1.0))
""",
)

LOGISTIC = Program(
    "logistic_regression",
    """
import numpy as np
from gradcheck import Array, adapt, bits, choice


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def cost(theta, X, y, lambd):
    m = X.shape[0]
    z = X @ theta
    J = np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))) + lambd / 2 * np.dot(theta, theta)
    grad = X.T @ (sigmoid(z) - y) / m
    grad = grad + lambd * theta
    return J, grad


op = adapt(
    cost,
    adapter="loss",
    gradients=["theta"],
    theta="D",
    X="N D",
    y=Array("N", bits(), gradient=False),
    lambd=choice(0.2, 1.0, 0.0),
)
""",
)

TEMPORAL_SOFTMAX = Program(
    "temporal_softmax",
    """
import numpy as np
from gradcheck import Array, adapt, bits, indices


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    x_flat = x.reshape(N * T, V)
    y_flat = y.reshape(N * T)
    mask_flat = mask.reshape(N * T)

    shifted = x_flat - np.max(x_flat, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -np.sum(mask_flat * log_probs[np.arange(N * T), y_flat]) / N
    dx_flat = np.exp(log_probs)
    dx_flat[np.arange(N * T), y_flat] -= 1
    dx_flat /= N
    dx_flat *= mask_flat[:, None]
    return loss, dx_flat.reshape(N, T, V)


op = adapt(
    temporal_softmax_loss,
    adapter="loss",
    x="N T V",
    y=Array("N T", indices("V")),
    mask=Array("N T", bits()),
)
""",
)

LINEAR_CLASSIFIER_WITH_BIAS = Program(
    "linear_classifier_bias",
    """
import numpy as np
from gradcheck import Array, adapt, choice, indices


class LinearClassifier:
    def __init__(self, D, C):
        self.params = {"W": np.linspace(-1, 1, D * C).reshape(D, C), "b": np.linspace(0.5, 1, C)}

    def scores(self, X):
        return X @ self.params["W"] + self.params["b"]

    def loss(self, X, y, reg):
        z = self.scores(X)
        z = z - z.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        n = len(y)
        total = -logp[np.arange(n), y].mean() + reg * (self.params["W"] ** 2).sum()
        dz = np.exp(logp)
        dz[np.arange(n), y] -= 1
        dz /= n
        return total, {"W": X.T @ dz + 2 * reg * self.params["W"], "b": dz.sum(axis=0)}


model = adapt(LinearClassifier(3, 4), X="N 3", y=Array("N", indices("4")), reg=choice(0.25, 0.0))
""",
)

SQUARED_HINGE = Program(
    "squared_hinge_layer",
    """
import numpy as np
from gradcheck import Array, adapt, indices


class SquaredHinge:
    \"\"\"Sum of the squared margins of all classes but that of the label.\"\"\"

    def forward(self, scores, labels):
        self.labels = labels
        self.rows = np.arange(len(labels))
        own = scores[self.rows, labels]
        self.margin = np.maximum(0, scores - own[:, None] + 1)
        others = self.margin.copy()
        others[self.rows, labels] = 0
        self.others = others
        return (others ** 2).sum(axis=1)

    def backward(self, dout):
        d = 2 * self.others
        total = 2 * self.others.sum(axis=1)
        d[self.rows, self.labels] = -total
        return d * dout[:, None]


op = adapt(SquaredHinge, scores="N C", labels=Array("N", indices("C")))
""",
)

RIVAL_LOG_SUM = Program(
    "log_sum_of_rivals",
    """
import numpy as np
from gradcheck import Array, indices


def rivals_forward(s: "N C+1", y: Array("N", indices("C"))):
    \"\"\"Soft margin: log-sum-exp of the scores of all other classes, minus the own score.\"\"\"
    rows = np.arange(len(y))
    top = s.max(axis=1, keepdims=True)
    e = np.exp(s - top)
    rest = np.where(np.eye(s.shape[1], dtype=bool)[y], 0, e)
    others = rest.sum(axis=1)
    return np.log(others) + top[:, 0] - s[rows, y], (e, rest, others, rows, y)


def rivals_backward(dout, cache):
    e, rest, others, rows, y = cache
    ds = rest / others[:, None]
    ds[rows, y] -= 1
    return ds * dout[:, None], None
""",
)

TRIPLET = Program(
    "triplet_margin",
    """
import numpy as np


def triplet_forward(anchor: "N D", positive: "N D", negative: "N D", margin=0.5):
    dp, dn = anchor - positive, anchor - negative
    gap = (dp ** 2).sum(axis=1) - (dn ** 2).sum(axis=1) + margin
    loss = np.maximum(gap, 0)
    return loss, (dp, dn, gap)


def triplet_backward(dloss, cache):
    dp, dn, gap = cache
    g = 2 * (dloss * (gap > 0))[:, None]
    return g * (dp - dn), -g * dp, g * dn
""",
)

EPSILON_INSENSITIVE = Program(
    "epsilon_insensitive",
    """
import numpy as np
from gradcheck import adapt, choice


class SVRLoss:
    def __init__(self, eps):
        self.eps = eps

    def forward(self, pred, target):
        self.r = pred - target
        self.outside = np.abs(self.r) > self.eps
        return np.maximum(0, np.abs(self.r) - self.eps)

    def backward(self, grad):
        d = grad * np.sign(self.r) * self.outside
        return d, -d


op = adapt(SVRLoss, pred="N", target="N", eps=choice(0.5, 1.0))
""",
)

IGNORE_INDEX = Program(
    "cross_entropy_ignore",
    """
import numpy as np
from gradcheck import Array, indices


def ce_forward(logits: "N C", target: Array("N", indices("C")), ignore_index=0):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    valid = target != ignore_index
    losses = -log_probs[np.arange(len(target)), target]
    losses[~valid] = 0
    return losses, (log_probs, target, valid)


def ce_backward(dlosses, cache):
    log_probs, target, valid = cache
    grad = np.exp(log_probs)
    grad[np.arange(len(target)), target] -= 1
    grad *= valid[:, None] * dlosses[:, None]
    return grad, None
""",
)

LABEL_SMOOTHING = Program(
    "label_smoothing_ignore",
    """
import numpy as np
from gradcheck import Array, indices


def smoothed_forward(x: "N C", y: Array("N", indices("C")), smoothing=0.2, pad_id=0):
    n, c = x.shape
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    keep = (y != pad_id).astype(x.dtype)
    nll = -logp[np.arange(n), y]
    loss = keep * ((1 - smoothing) * nll - smoothing * logp.mean(axis=1))
    return loss, (logp, y, keep, smoothing)


def smoothed_backward(dy, cache):
    logp, y, keep, smoothing = cache
    n, c = logp.shape
    q = np.full((n, c), smoothing / c)
    q[np.arange(n), y] += 1 - smoothing
    g = (np.exp(logp) - q) * keep[:, None]
    return dy[:, None] * g, None
""",
)

REG_MISSING = (
    Wrong("regularisation-missing", SOFTMAX_CLASSIFIER, "dW / num_train + 2 * reg * W", "dW / num_train"),
    Wrong("regularisation-missing", TWO_LAYER_NET, "h.T @ dscores + reg * W2", "h.T @ dscores"),
    Wrong("regularisation-missing", SVM_CLASSIFIER, "    dW += reg * W\n", ""),
)
REG_HALF = (
    Wrong("regularisation-half", SOFTMAX_CLASSIFIER, "num_train + 2 * reg * W", "num_train + reg * W"),
    Wrong("regularisation-half", RIDGE, "/ N + 2 * lam * w", "/ N + lam * w"),
    Wrong("regularisation-half", LINEAR_CLASSIFIER_WITH_BIAS, '2 * reg * self.params["W"]', 'reg * self.params["W"]'),
)
REG_TWICE = (
    Wrong("regularisation-twice", SVM_CLASSIFIER, "dW += reg * W", "dW += 2 * reg * W"),
    Wrong("regularisation-twice", LOGISTIC, "grad + lambd * theta", "grad + 2 * lambd * theta"),
    Wrong("regularisation-twice", TWO_LAYER_NET, "X.T @ dh + reg * W1", "X.T @ dh + 2 * reg * W1"),
)
REG_DIVIDED = (
    Wrong(
        "regularisation-divided", SOFTMAX_CLASSIFIER, "dW / num_train + 2 * reg * W", "(dW + 2 * reg * W) / num_train"
    ),
    Wrong("regularisation-divided", LOGISTIC, "grad = grad + lambd * theta", "grad = grad + lambd * theta / m"),
    Wrong("regularisation-divided", RIDGE, "/ N + 2 * lam * w", "/ N + 2 * lam * w / N"),
)
REG_BIAS = (
    Wrong("regularisation-bias", TWO_LAYER_NET, "dscores.sum(axis=0)", "dscores.sum(axis=0) + reg * b2"),
    Wrong("regularisation-bias", RIDGE, "np.sum(residual, axis=0) / N", "np.sum(residual, axis=0) / N + 2 * lam * b"),
    Wrong(
        "regularisation-bias",
        LINEAR_CLASSIFIER_WITH_BIAS,
        '"b": dz.sum(axis=0)}',
        '"b": dz.sum(axis=0) + 2 * reg * self.params["b"]}',
    ),
)
ONE_HOT = (
    Wrong("one-hot-missing", ROW_CROSS_ENTROPY, "p - np.eye(p.shape[1])[labels]", "p"),
    Wrong("one-hot-missing", SOFTMAX_LOSS, "    dx[np.arange(N), y] -= 1\n", ""),
    Wrong("one-hot-missing", TWO_LAYER_NET, "dscores = (probs - targets) / N", "dscores = probs / N"),
)
OWN_CLASS = (
    Wrong("own-class-counted", SVM_CLASSIFIER, "1 - binary.sum(axis=1)", "-binary.sum(axis=1)"),
    Wrong(
        "own-class-counted",
        SQUARED_HINGE,
        "total = 2 * self.others.sum(axis=1)",
        "total = 2 * self.margin.sum(axis=1)",
    ),
    Wrong("own-class-counted", RIVAL_LOG_SUM, "ds = rest / others[:, None]", "ds = e / others[:, None]"),
)
MARGINS = (
    Wrong("margin-ignored", SVM_CLASSIFIER, "(margins > 0).astype(float)", "np.ones_like(margins)"),
    # where the loss is cut off at zero is where the margin is kept
    Wrong(
        ("margin-ignored", "saturation-ignored"),
        TRIPLET,
        "g = 2 * (dloss * (gap > 0))[:, None]",
        "g = 2 * dloss[:, None]",
    ),
    Wrong(
        ("margin-ignored", "saturation-ignored"),
        EPSILON_INSENSITIVE,
        "np.sign(self.r) * self.outside",
        "np.sign(self.r)",
    ),
)
LABELS = (
    # rows are ignored by a mask of the forward
    Wrong(
        ("label-ignored", "mask-missing"),
        IGNORE_INDEX,
        "grad *= valid[:, None] * dlosses[:, None]",
        "grad *= dlosses[:, None]",
    ),
    Wrong(
        ("label-ignored", "mask-missing"),
        LABEL_SMOOTHING,
        "g = (np.exp(logp) - q) * keep[:, None]",
        "g = np.exp(logp) - q",
    ),
    Wrong(("label-ignored", "mask-missing"), TEMPORAL_SOFTMAX, "    dx_flat *= mask_flat[:, None]\n", ""),
)

WRONGS = (
    *REG_MISSING,
    *REG_HALF,
    *REG_TWICE,
    *REG_DIVIDED,
    *REG_BIAS,
    *ONE_HOT,
    *OWN_CLASS,
    *MARGINS,
    *LABELS,
)
