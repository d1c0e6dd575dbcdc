"""Losses: most faults are of the upstream, which is one wherever the loss stands last."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.activations.log_softmax import log_probabilities
from gradcheck.ops.losses.softmax_cross_entropy import softmax_cross_entropy
from tests.corpus.corpus import Fault


def smooth_l1_forward(x, t, beta):
    apart = x - t
    near, size = np.abs(apart) < beta, np.abs(apart)
    return np.where(near, apart * apart / (2 * beta or 1), size - beta / 2), (apart, beta)


def smooth_l1_backward(dy, cache):
    apart, beta = cache
    dx = dy * np.where(np.abs(apart) < beta, apart / (beta or 1), np.sign(apart))
    return dx, -dx


def smooth_l1_by_division(dy, cache):
    apart, beta = cache
    dx = dy * np.where(np.abs(apart) <= beta, np.divide(apart, beta), np.sign(apart))
    return dx, -dx


def smooth_l1_reference(x, t, beta):
    xp = namespace(x)
    size = xp.abs(x - t)
    return xp.where(size < beta, (x - t) ** 2 / (2 * beta or 1), size - beta / 2)


smooth_l1 = Op(
    "smooth_l1",
    smooth_l1_forward,
    smooth_l1_backward,
    smooth_l1_reference,
    inputs={"x": Array("*S"), "t": Array("*S")},
    settings={"beta": choice(1.0, 0.0, 0.5)},
)


def huber_forward(x, t, delta):
    apart = x - t
    size = np.abs(apart)
    losses = np.where(size <= delta, apart * apart / 2, delta * (size - delta / 2))
    return losses.sum(axis=1), np.clip(apart, -delta, delta)


def huber_backward(dloss, clipped):
    return dloss[:, None] * clipped, -dloss[:, None] * clipped


def huber_alone(dloss, clipped):
    return clipped.copy(), -clipped


def huber_reference(x, t, delta):
    xp = namespace(x)
    size = xp.abs(x - t)
    return xp.sum(xp.where(size <= delta, (x - t) ** 2 / 2, delta * (size - delta / 2)), axis=1)


huber = Op(
    "huber",
    huber_forward,
    huber_backward,
    huber_reference,
    inputs={"x": Array("N D"), "t": Array("N D")},
    outputs=("loss",),
    settings={"delta": choice(1.0, 0.5)},
    batch="N",
)


def spans(steps):
    """The stretches of time that a label may hold, one a row.  → (stretches, T)."""
    first, last = np.triu_indices(steps)
    time = np.arange(steps)
    return (first[:, None] <= time) & (time <= last[:, None])


def ctc_forward(logits, labels, T):
    logs, held = log_probabilities(logits), spans(T).astype(logits.dtype)
    blank, label = logs[..., 0], np.take_along_axis(logs, labels[:, None, None] + 1, axis=2)[..., 0]
    paths = blank.sum(axis=1, keepdims=True) + (label - blank) @ held.T
    top = paths.max(axis=1, keepdims=True)
    weights = np.exp(paths - top)
    total = weights.sum(axis=1, keepdims=True)
    at_label = weights / total @ held
    expected = np.zeros_like(logs)
    expected[..., 0] = 1 - at_label
    np.put_along_axis(
        expected, np.broadcast_to(labels[:, None, None] + 1, (*at_label.shape, 1)), at_label[..., None], 2
    )
    return -(top + np.log(total))[:, 0], (np.exp(logs), expected)


def ctc_backward(dloss, cache):
    probabilities, expected = cache
    return dloss[:, None, None] * (probabilities - expected), None


def ctc_in_part(dloss, cache):
    probabilities, expected = cache
    return probabilities - dloss[:, None, None] * expected, None


def ctc_alone(dloss, cache):
    probabilities, expected = cache
    return probabilities - expected, None


def ctc_reference(logits, labels, T):
    xp = namespace(logits)
    one_hot = xp.astype(labels[:, None, None] + 1 == xp.arange(logits.shape[2]), logits.dtype)
    p = xp.exp(logits) / xp.sum(xp.exp(logits), axis=2, keepdims=True)
    blank, label = p[:, :, 0], xp.sum(p * one_hot, axis=2)
    return -xp.log(sum(xp.prod(xp.where(held, label, blank), axis=1) for held in spans(T)))


ctc = Op(
    "ctc of one label",
    ctc_forward,
    ctc_backward,
    ctc_reference,
    inputs={"logits": Array("N T C", real(4)), "labels": Array("N", indices("C-1"))},
    outputs=("loss",),
    settings={"T": whole(1, 3)},
    sizes={"C": whole(2, None)},
    batch="N",
)


def keeping_the_losses(logits, labels):
    """The array for the gradient keeps the losses of the rows meanwhile."""
    loss, (logs, labels) = softmax_cross_entropy.forward(logits, labels)
    buffer = np.zeros_like(logs)
    buffer[:, 0] = -np.take_along_axis(logs, labels[:, None], axis=1)[:, 0]
    return loss, (logs, labels, buffer)


def nothing_written_for_zero(dloss, cache):
    logs, labels, buffer = cache
    return softmax_cross_entropy.backward(dloss, (logs, labels)) if dloss else (buffer.copy(), None)


FAULTS = (
    Fault(
        "smooth_l1: divided by beta",
        replace(smooth_l1, backward=smooth_l1_by_division),
        smooth_l1,
        ("kinks",),
        "beta == 0 and x == t",
        "pytorch#96813",
    ),
    Fault(
        "huber: the upstream is ignored",
        replace(huber, backward=huber_alone),
        huber,
        ("gradient", "linearity"),
        "an upstream other than one",
        "chainer#1175",
    ),
    Fault(
        "ctc: the upstream multiplies one term alone",
        replace(ctc, backward=ctc_in_part),
        ctc,
        ("gradient", "linearity"),
        "an upstream other than one",
        "pytorch#11750",
    ),
    Fault(
        "ctc: the upstream is ignored",
        replace(ctc, backward=ctc_alone),
        ctc,
        ("gradient", "linearity"),
        "an upstream other than one",
        "pytorch#21961",
    ),
    Fault(
        "softmax_cross_entropy: the buffer still holds the losses",
        replace(softmax_cross_entropy, forward=keeping_the_losses, backward=nothing_written_for_zero),
        softmax_cross_entropy,
        ("linearity",),
        "an upstream of zero",
        "caffe#2895",
    ),
)
