"""Cross-entropy of the sigmoid of logits: loss = -Σ (t log σ(x) + (1 - t) log(1 - σ(x))) / N over all elements.

logits x: (N, *S), targets t: (N, *S) probabilities, to which the gradient flows as well → loss: ().  Of an empty
batch: 0.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def softplus(x: Values) -> Values:
    """log(1 + e^x), which is -log σ(-x), without overflow."""
    return np.asarray(np.logaddexp(0, x))


def forward(logits: Values, targets: Values) -> tuple[Values, tuple[Values, Values]]:
    """The loss, as a sum of positive terms."""
    losses = targets * softplus(-logits) + (1 - targets) * softplus(logits)
    return np.asarray(losses.sum() / max(len(logits), 1)), (logits, targets)


def backward(dloss: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """(σ(x) - t) / N for the logits, as (1 - t) σ(x) - t σ(-x) so that nothing cancels; -x / N for the targets."""
    logits, targets = cache
    scale = dloss / max(len(logits), 1)
    slopes = (1 - targets) * np.exp(-softplus(-logits)) - targets * np.exp(-softplus(logits))
    return scale * slopes, -scale * logits


def reference(logits: Any, targets: Any) -> Any:
    """The definition, with -log σ(x) = log(1 + e^-x)."""
    xp = namespace(logits)
    losses = targets * xp.log(1 + xp.exp(-logits)) + (1 - targets) * xp.log(1 + xp.exp(logits))
    return xp.sum(losses) / logits.shape[0]


sigmoid_cross_entropy = Op(
    "sigmoid_cross_entropy",
    forward,
    backward,
    reference,
    inputs={"logits": Array("N *S"), "targets": Array("N *S", real(0, 1))},
    outputs=("loss",),
    formula="loss = -Σ (t log σ(x) + (1 - t) log(1 - σ(x))) / N",
    source="Caffe, SigmoidCrossEntropyLossLayer; gradient of the targets as in torch",
    aliases={"Caffe": "SigmoidCrossEntropyLoss", "Chainer": "sigmoid_cross_entropy"},
)
