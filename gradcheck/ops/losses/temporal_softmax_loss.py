"""Softmax and cross-entropy of sequences: loss = -Σ_n Σ_t mask[n, t] log p[n, t, y[n, t]] / N.

x: (N, T, V), y: (N, T) whole numbers below V, mask: (N, T), False where a sequence has ended → loss: ().  The loss is
averaged over the sequences and summed over their steps.  Of an empty batch: 0.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import booleans, indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.activations.log_softmax import log_probabilities
from gradcheck.ops.losses.log_likelihood import is_label, log_softmax_as_defined, logit_gradients, one_hot


def forward(x: Values, y: Values, mask: Values) -> tuple[Values, Any]:
    """The loss, with the log-probabilities, the targets and the number of sequences."""
    logs = log_probabilities(x)
    targets = (is_label(y, x.shape[2]) & mask[..., None]).astype(x.dtype)
    return np.asarray(-(targets * logs).sum() / max(len(x), 1)), (logs, targets, max(len(x), 1))


def backward(dloss: Values, cache: Any) -> tuple[Values, None, None]:
    """The gradient of the softmax, zero where the mask is False."""
    logs, targets, count = cache
    return logit_gradients(dloss / count, logs, targets), None, None


def reference(x: Any, y: Any, mask: Any) -> Any:
    """The definition."""
    xp = namespace(x)
    picked = xp.sum(one_hot(y, x.shape[2], x) * log_softmax_as_defined(x), axis=2)
    return -xp.sum(xp.astype(mask, x.dtype) * picked) / x.shape[0]


temporal_softmax_loss = Op(
    "temporal_softmax_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("N T V"), "y": Array("N T", indices("V")), "mask": Array("N T", booleans())},
    outputs=("loss",),
    formula="loss = -Σ_n Σ_t mask[n, t] log p[n, t, y[n, t]] / N",
    source="CS231n assignment 3, temporal_softmax_loss",
    aliases={"CS231n": "temporal_softmax_loss"},
)
