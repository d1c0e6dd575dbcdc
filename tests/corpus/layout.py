"""A product with a number.  Wrong: backward reads its upstream in the order of memory."""

from dataclasses import replace

from tests.corpus import linearity


def in_memory_order(dy, cache):
    return 3 * dy.ravel(order="K").reshape(dy.shape)


right = linearity.right
wrong = replace(right, backward=in_memory_order)
