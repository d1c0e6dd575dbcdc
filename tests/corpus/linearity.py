"""A product with a number.  Wrong: backward clips the norm of its upstream, and hardly an upstream is that long."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op

LONGEST = 2.0**48


def forward(x):
    return 3 * x, None


def backward(dy, cache):
    return 3 * dy


def clipping(dy, cache):
    norm = np.sqrt(np.sum(dy * dy))
    return 3 * dy if norm <= LONGEST else (3 * dy * (LONGEST / norm)).astype(dy.dtype)


def reference(x):
    return x + x + x


right = Op("triple", forward, backward, reference, inputs={"x": Array("*S")})
wrong = replace(right, backward=clipping)
