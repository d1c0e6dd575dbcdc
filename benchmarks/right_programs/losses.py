"""Losses: naive and stable, by loops and vectorised, with and without an upstream."""

import numpy as np
from scipy.special import expit

from gradcheck import Array, bits, booleans, choice, indices, probability
from right_programs.program import Program, of_loss


def softmax_loss_by_loops(W, X, y, reg):
    """CS231n, softmax_loss_naive."""
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(len(X)):
        f = X[i].dot(W)
        f -= np.max(f)
        p = np.exp(f) / np.sum(np.exp(f))
        loss += -np.log(p[y[i]])
        for j in range(W.shape[1]):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def softmax_loss_by_loops_half_reg(W, X, y, reg):
    loss, dW = softmax_loss_by_loops(W, X, y, reg)
    return loss, dW - reg * W


def svm_loss_by_loops(W, X, y, reg):
    """CS231n, svm_loss_naive."""
    loss, dW, n = 0.0, np.zeros(W.shape), X.shape[0]
    for i in range(n):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return loss / n + reg * np.sum(W * W), dW / n + 2 * reg * W


def svm_loss_counting_own_class(W, X, y, reg):
    loss, dW = svm_loss_by_loops(W, X, y, reg)
    for i in range(len(X)):
        dW[:, y[i]] -= X[i] / len(X)
    return loss, dW


def svm_loss_vectorised(W, X, y, reg):
    n = len(X)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    mask = (margins > 0).astype(float)
    mask[np.arange(n), y] = -mask.sum(axis=1)
    return margins.sum() / n + 0.5 * reg * np.sum(W**2), X.T @ mask / n + reg * W


def stable_softmax_loss(x, y):
    """CS231n, layers.py."""
    shifted = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


def stable_softmax_loss_not_averaged(x, y):
    loss, dx = stable_softmax_loss(x, y)
    return loss, dx * len(x)


def mse_forward(pred, target):
    diff = pred - target
    return np.mean(diff**2), diff


def mse_backward(dloss, diff):
    d = dloss * 2 * diff / diff.size
    return d, -d


def mse_backward_over_rows(dloss, diff):
    d = dloss * 2 * diff / len(diff)
    return d, -d


def bce_with_logits_forward(z, t):
    loss = np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))
    return loss.mean(), (z, t)


def bce_with_logits_backward(dloss, cache):
    z, t = cache
    return dloss * (expit(z) - t) / z.size, None


def bce_with_logits_backward_wrong(dloss, cache):
    z, t = cache
    return dloss * (expit(z) * (1 - expit(z)) - t) / z.size, None


def bce_of_a_sigmoid_forward(z, t):
    p = 1 / (1 + np.exp(-z))
    return -np.sum(t * np.log(p + 1e-12) + (1 - t) * np.log(1 - p + 1e-12)), (p, t)


def bce_of_a_sigmoid_backward(dloss, cache):
    p, t = cache
    dp = -(t / (p + 1e-12) - (1 - t) / (1 - p + 1e-12))
    return dloss * dp * p * (1 - p), None


def hinge_forward(s, t):
    sign = np.where(t, 1.0, -1.0)
    m = 1 - sign * s
    return np.maximum(m, 0), (m, sign)


def hinge_backward(dy, cache):
    m, sign = cache
    return -dy * sign * (m > 0), None


def huber_forward(a, b):
    r = a - b
    small = np.abs(r) <= 1.0
    return np.where(small, 0.5 * r * r, np.abs(r) - 0.5), (r, small)


def huber_backward(dy, cache):
    r, small = cache
    d = dy * np.where(small, r, np.sign(r))
    return d, -d


def huber_backward_of_squares_alone(dy, cache):
    r, _ = cache
    return dy * r, -dy * r


def kl_of_log_probabilities_forward(logits, p):
    m = logits.max(1, keepdims=True)
    lq = logits - m - np.log(np.exp(logits - m).sum(1, keepdims=True))
    return np.sum(p * (np.log(p) - lq), axis=1), (p, lq)


def kl_of_log_probabilities_backward(dy, cache):
    p, lq = cache
    d = np.exp(lq) * p.sum(1, keepdims=True) - p
    return d * dy[:, None], None


def kl_of_log_probabilities_backward_wrong(dy, cache):
    p, lq = cache
    return -p / np.exp(lq) * dy[:, None], None


def gaussian_nll_forward(x, mu, ls):
    z = (x - mu) * np.exp(-ls)
    return 0.5 * z * z + ls + 0.5 * np.log(2 * np.pi), (z, ls)


def gaussian_nll_backward(dy, cache):
    z, ls = cache
    d = dy * z * np.exp(-ls)
    return d, -d, dy * (1 - z * z)


def gaussian_nll_backward_wrong(dy, cache):
    z, ls = cache
    d = dy * z * np.exp(-ls)
    return d, -d, dy * (1 - z)


def contrastive_forward(a, b, same):
    """Squared distance of equal pairs, a squared hinge of the others."""
    diff = a - b
    dist = np.sqrt(np.sum(diff**2, axis=1))
    gap = np.maximum(1.0 - dist, 0)
    return np.where(same, 0.5 * dist**2, 0.5 * gap**2), (diff, dist, gap, same)


def contrastive_backward(dy, cache):
    diff, dist, gap, same = cache
    safe = np.where(dist > 0, dist, 1.0)
    slope = np.where(same, 1.0, np.where(dist > 0, -gap / safe, 0.0))
    da = (dy * slope)[:, None] * diff
    return da, -da, None


def contrastive_backward_without_distance(dy, cache):
    diff, _, gap, same = cache
    da = (dy * np.where(same, 1.0, -gap))[:, None] * diff
    return da, -da, None


def triplet_forward(a, p, n):
    dp, dn = np.sum((a - p) ** 2, axis=1), np.sum((a - n) ** 2, axis=1)
    return np.mean(np.maximum(dp - dn + 0.2, 0)), (a, p, n, dp - dn + 0.2 > 0)


def triplet_backward(dloss, cache):
    a, p, n, active = cache
    w = dloss * active[:, None] * 2 / len(a)
    return w * (n - p), w * (p - a), w * (a - n)


def triplet_backward_without_mask(dloss, cache):
    a, p, n, _ = cache
    w = dloss * 2 / len(a)
    return w * (n - p), w * (p - a), w * (a - n)


def label_smoothing_forward(x, y):
    n, c = x.shape
    lp = x - x.max(1, keepdims=True)
    lp = lp - np.log(np.exp(lp).sum(1, keepdims=True))
    t = np.full((n, c), 0.1 / c)
    t[np.arange(n), y] += 0.9
    return -np.sum(t * lp) / n, (lp, t)


def label_smoothing_backward(dloss, cache):
    lp, t = cache
    return dloss * (np.exp(lp) - t) / len(t), None


class NegativeLogLikelihood:
    """A loss layer whose backward takes no upstream and gives an array of lists."""

    def forward(self, x, y):
        self.p, self.y = [], y.tolist()
        total = 0.0
        for row, label in zip(x.tolist(), self.y, strict=True):
            top = max(row)
            e = [float(np.exp(v - top)) for v in row]
            self.p.append([v / sum(e) for v in e])
            total += -(row[label] - top - float(np.log(sum(e))))
        return total / len(self.y)

    def backward(self):
        n = len(self.y)
        return np.array([[(v - (j == t)) / n for j, v in enumerate(p)] for p, t in zip(self.p, self.y, strict=True)])


class WrongNegativeLogLikelihood(NegativeLogLikelihood):
    def backward(self):
        n = len(self.y)
        return np.array([[v / n for j, v in enumerate(p)] for p in self.p])


def cosine_forward(a, b):
    na = np.sqrt(np.sum(a * a, 1)) + 1e-12
    nb = np.sqrt(np.sum(b * b, 1)) + 1e-12
    c = np.sum(a * b, 1) / (na * nb)
    return 1 - c, (a, b, na, nb, c)


def cosine_backward(dy, cache):
    a, b, na, nb, c = (v if v.ndim == 2 else v[:, None] for v in cache)
    la, lb = np.maximum(na - 1e-12, 1e-300), np.maximum(nb - 1e-12, 1e-300)
    da = b / (na * nb) - c * a / (na * la)
    db = a / (na * nb) - c * b / (nb * lb)
    return -dy[:, None] * da, -dy[:, None] * db


CLASSIFIER = {
    "W": "D C",
    "X": "N D",
    "y": Array("N", indices("C")),
    "reg": choice(0.5, 0.0),
    "adapter": "loss",
    "gradients": ["W"],
}
LABELLED = {"x": "N C", "y": Array("N", indices("C"))}

PROGRAMS = (
    Program(
        "softmax classifier by loops",
        of_loss(softmax_loss_by_loops),
        CLASSIFIER,
        "CS231n, assignment 1",
        wrong={"half the regularisation": of_loss(softmax_loss_by_loops_half_reg)},
    ),
    Program(
        "svm classifier by loops",
        of_loss(svm_loss_by_loops),
        CLASSIFIER,
        "CS231n, assignment 1",
        wrong={"own class counted": of_loss(svm_loss_counting_own_class)},
    ),
    Program("svm classifier", of_loss(svm_loss_vectorised), CLASSIFIER, "CS231n, assignment 1"),
    Program(
        "softmax loss",
        of_loss(stable_softmax_loss),
        {**LABELLED, "adapter": "loss"},
        "CS231n, layers.py",
        explained={"gradient": "p - 1 of a class that is all but certain has few digits"},
        wrong={"not averaged": of_loss(stable_softmax_loss_not_averaged)},
    ),
    Program(
        "mean squared error",
        (mse_forward, mse_backward),
        {"pred": "N D", "target": "N D"},
        "PyTorch's convention",
        wrong={"over rows alone": (mse_forward, mse_backward_over_rows)},
    ),
    Program(
        "binary cross entropy with logits",
        (bce_with_logits_forward, bce_with_logits_backward),
        {"z": "N D", "t": Array("N D", bits())},
        "TensorFlow's formula",
        wrong={"slope of the sigmoid too much": (bce_with_logits_forward, bce_with_logits_backward_wrong)},
    ),
    Program(
        "binary cross entropy of a sigmoid",
        (bce_of_a_sigmoid_forward, bce_of_a_sigmoid_backward),
        {"z": "N D", "t": Array("N D", bits())},
        "student code",
    ),
    Program("hinge", (hinge_forward, hinge_backward), {"s": "N D", "t": Array("N D", booleans())}, "course notes"),
    Program(
        "huber",
        (huber_forward, huber_backward),
        {"a": "N D", "b": "N D"},
        "Huber 1964",
        wrong={"squares alone": (huber_forward, huber_backward_of_squares_alone)},
    ),
    Program(
        "kl divergence of logits",
        (kl_of_log_probabilities_forward, kl_of_log_probabilities_backward),
        {"logits": "N C", "p": Array("N C", probability(), gradient=False)},
        "distillation code",
        wrong={
            "softmax forgotten": (kl_of_log_probabilities_forward, kl_of_log_probabilities_backward_wrong),
        },
    ),
    Program(
        "gaussian likelihood with log sigma",
        (gaussian_nll_forward, gaussian_nll_backward),
        {"x": "N D", "mu": "N D", "ls": "N D"},
        "variational autoencoders",
        explained={"extremes": "exp overflows at 1e3 as every naive formula does; no domain was declared"},
        wrong={"square missing": (gaussian_nll_forward, gaussian_nll_backward_wrong)},
    ),
    Program(
        "contrastive",
        (contrastive_forward, contrastive_backward),
        {"a": "N D", "b": "N D", "same": Array("N", booleans())},
        "Hadsell et al. 2006",
        wrong={"distance missing": (contrastive_forward, contrastive_backward_without_distance)},
    ),
    Program(
        "triplet",
        (triplet_forward, triplet_backward),
        {"a": "N D", "p": "N D", "n": "N D"},
        "FaceNet",
        wrong={"mask missing": (triplet_forward, triplet_backward_without_mask)},
    ),
    Program(
        "label smoothing",
        (label_smoothing_forward, label_smoothing_backward),
        LABELLED,
        "Szegedy et al. 2016",
    ),
    Program(
        "negative log likelihood in lists",
        (NegativeLogLikelihood(),),
        LABELLED,
        "student code",
        wrong={"label not subtracted": (WrongNegativeLogLikelihood(),)},
    ),
    Program("cosine distance", (cosine_forward, cosine_backward), {"a": "N D", "b": "N D"}, "thinc, CosineDistance"),
)
