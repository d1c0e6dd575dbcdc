"""A broadcast sum of x and part of b.  Wrong: the part depends on how many elements b has, written out or not.

Nobody gave a formula, and the gradient is that of the forward, so that neither value nor gradient can tell.
"""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x, b):
    return x + b / 2, (x.shape, b.shape)


def backward(dy, cache):
    x_shape, b_shape = cache
    return unbroadcast(dy, x_shape), unbroadcast(dy / 2, b_shape)


def shared_out(x, b):
    return x + b / b.size, (x.shape, b.shape)


def backward_shared_out(dy, cache):
    x_shape, b_shape = cache
    size = 1
    for length in b_shape:
        size *= length
    return unbroadcast(dy, x_shape), unbroadcast(dy / size, b_shape)


right = Op("half of b", forward, backward, inputs={"x": Array("*#S"), "b": Array("*#S")})
wrong = right.implemented_by(shared_out, backward_shared_out)
