"""A bias added to every row.  Wrong: the gradient of the bias keeps the summed axis."""

from dataclasses import replace

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x, b):
    return x + b, None


def backward(dy, cache):
    return dy.copy(), dy.sum(axis=0)


def keeping_the_axis(dy, cache):
    return dy.copy(), dy.sum(axis=0, keepdims=True)


def reference(x, b):
    return x + b[None, :]


right = Op("bias", forward, backward, reference, inputs={"x": Array("N D"), "b": Array("D")}, batch="N")
wrong = replace(right, backward=keeping_the_axis)
