"""A long short-term memory over several steps."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.recurrent.lstm_step import lstm_step, sigmoid
from tests.corpus.corpus import Fault


def forward(x, h, c, wx, wh, b, T):
    hs, caches = [], []
    for t in range(T):
        (h, c), cache = lstm_step.forward(x[:, t], h, c, wx, wh, b)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs, axis=1), caches


def through_time(handed_on):
    """Backward step by step; handed_on(dh, dc) is what the step before receives."""

    def backward(dy, caches):
        dh = dc = np.zeros_like(dy[:, 0])
        dxs, weights = [], [0, 0, 0]
        for t in reversed(range(len(caches))):
            if t < len(caches) - 1:
                dh, dc = handed_on(dh, dc)
            dx, dh, dc, *found = lstm_step.backward((dy[:, t] + dh, dc), caches[t])
            dxs.insert(0, dx)
            weights = [w + f for w, f in zip(weights, found, strict=True)]
        return np.stack(dxs, axis=1), dh, dc, *weights

    return backward


def reference(x, h, c, wx, wh, b, T):
    hs = []
    for t in range(T):
        h, c = lstm_step.reference(x[:, t], h, c, wx, wh, b)
        hs.append(h)
    return namespace(x).stack(hs, axis=1)


lstm = Op(
    "lstm",
    forward,
    through_time(lambda dh, dc: (dh, dc)),
    reference,
    inputs={
        "x": Array("N T D"),
        "h": Array("N H"),
        "c": Array("N H"),
        "wx": Array("D 4*H"),
        "wh": Array("H 4*H"),
        "b": Array("4*H"),
    },
    settings={"T": whole(1, 3)},
    outputs=("hs",),
    batch="N",
)


def sigmoid_of_the_gate(upstream, cache):
    """The forget gate's slope is σ of the gate instead of its derivative."""
    *rest, f, o, g, (di, _, do, dg), after = cache
    return lstm_step.backward(upstream, (*rest, f, o, g, (di, sigmoid(f), do, dg), after))


FAULTS = (
    Fault(
        "lstm: the gradient of h is zeroed between steps",
        replace(lstm, backward=through_time(lambda dh, dc: (0 * dh, dc))),
        lstm,
        ("gradient",),
        "several steps",
        "AiDotNet#722",
    ),
    Fault(
        "lstm: the gradients of h and c are not handed on",
        replace(lstm, backward=through_time(lambda dh, dc: (0 * dh, 0 * dc))),
        lstm,
        ("gradient",),
        "several steps",
        "CaptainE#1",
    ),
    Fault(
        "lstm_step: σ in place of its derivative",
        replace(lstm_step, backward=sigmoid_of_the_gate),
        lstm_step,
        ("gradient",),
        "any",
        "CaptainE#1, CaptainE#2",
    ),
)
