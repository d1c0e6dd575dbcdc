"""Contrastive loss of two views: loss = mean over i of log Σ_{k ≠ i} e^(s_ik/τ) - s_{i, i'}/τ, s the cosines of rows.

z1, z2: (N, D), rows of length above zero, at least one of each → loss: ().  Of the 2N rows of both, row i and i' are
the two views of one image; row i itself is left out of the sum.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import nonzero
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.activations.log_softmax import log_probabilities


def forward(z1: Values, z2: Values, tau: float) -> tuple[Values, Any]:
    """The loss, with the directions of the rows, their lengths, and the log-probabilities of the pairs."""
    rows = np.concatenate([z1, z2])
    lengths = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    unit = rows / lengths
    cosines = unit @ unit.T / tau
    np.fill_diagonal(cosines, -np.inf)
    logs = log_probabilities(cosines)
    partners = np.roll(np.eye(len(rows), dtype=bool), len(z1), axis=1)
    return np.asarray(-logs[partners].sum() / len(rows)), (unit, lengths, logs, partners, tau)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """Through the softmax of each row, the cosines, and the division by the lengths; at the partner p - 1 = expm1(log
    p), which keeps its digits where p is near 1."""
    unit, lengths, logs, partners, tau = cache
    dcosines = dloss / len(unit) / tau * np.where(partners, np.expm1(logs), np.exp(logs))
    dunit = (dcosines + dcosines.T) @ unit
    drows = (dunit - unit * (dunit * unit).sum(axis=1, keepdims=True)) / lengths
    dz1, dz2 = np.split(drows, 2)
    return dz1, dz2


def reference(z1: Any, z2: Any, tau: float) -> Any:
    """The definition, each sum over all rows less that of the row itself."""
    xp, n = namespace(z1), z1.shape[0]
    rows = xp.concat([z1, z2], axis=0)
    unit = rows / xp.sqrt(xp.sum(rows**2, axis=1, keepdims=True))
    likeness = xp.sum(unit[:, None, :] * unit[None, :, :], axis=2) / tau
    others = 1 - xp.eye(2 * n, dtype=z1.dtype)
    pairs = xp.sum(unit[:n] * unit[n:], axis=1) / tau
    return (xp.sum(xp.log(xp.sum(others * xp.exp(likeness), axis=1))) - 2 * xp.sum(pairs)) / (2 * n)


nt_xent = Op(
    "nt_xent",
    forward,
    backward,
    reference,
    inputs={"z1": Array("N D", nonzero()), "z2": Array("N D", nonzero())},
    outputs=("loss",),
    settings={"tau": choice(1.0, 0.5)},
    formula="loss = mean_i (log Σ_{k ≠ i} e^(s_ik/τ) - s_{i, i'}/τ), s the cosines of rows",
    source="Chen et al. 2020, A simple framework for contrastive learning, eq. 1; CS231n assignment 3",
    aliases={"CS231n": "simclr_loss"},
)
