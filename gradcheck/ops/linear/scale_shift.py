"""A factor and a shift for each place of some neighbouring axes: y = gamma x + beta.

x: (*A, *S, *B), gamma: (*S), beta: (*S) → y: (*A, *S, *B).  axis: where *S begins; num_axes is how many axes gamma has.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, gamma: Values, beta: Values, axis: int) -> tuple[Values, Any]:
    """The output, gamma and beta repeated over all axes but their own."""
    behind = axis + gamma.ndim
    trailing = tuple(range(gamma.ndim, gamma.ndim + x.ndim - behind))
    factor = np.expand_dims(gamma, trailing)
    return x * factor + np.expand_dims(beta, trailing), (x, factor, axis, behind)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """dx = dy gamma; gamma gathers dy x, and beta dy, over all axes but their own."""
    x, factor, axis, behind = cache
    others = (*range(axis), *range(behind, x.ndim))
    return dy * factor, np.sum(dy * x, axis=others), np.sum(dy, axis=others)


def reference(x: Any, gamma: Any, beta: Any, axis: int) -> Any:
    """The definition, the axes of gamma and beta behind those before them and ahead of those of length one."""
    xp = namespace(x)
    shape = (*gamma.shape, *(1 for _ in x.shape[axis + gamma.ndim :]))
    return x * xp.reshape(gamma, shape) + xp.reshape(beta, shape)


scale_shift = Op(
    "scale_shift",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A *S *B"), "gamma": Array("*S"), "beta": Array("*S")},
    settings={"axis": rank("A")},
    formula="y = γ x + β",
    source="Caffe, scale_layer.cpp, with axis, num_axes and bias_term",
    aliases={"Caffe": "Scale"},
)
