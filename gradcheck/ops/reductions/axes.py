"""The axis that a reduction takes away, put back or left out, and the elements that it picks along it."""

import numpy as np

from gradcheck.arrays import Values


def drop_axis(y: Values, axis: int, keepdims: bool) -> Values:
    """y, whose axis has length one, without that axis unless it is kept."""
    return y if keepdims else np.squeeze(y, axis=axis)


def restore_axis(dy: Values, axis: int, keepdims: bool) -> Values:
    """The upstream with the reduced axis, of length one, so that it broadcasts against x."""
    return dy if keepdims else np.expand_dims(dy, axis)


def pick(x: Values, place: Values, axis: int, keepdims: bool) -> Values:
    """The elements of x at one place along the axis.  place: as x, the axis of length one."""
    return drop_axis(np.take_along_axis(x, place, axis=axis), axis, keepdims)


def route(dy: Values, place: Values, shape: tuple[int, ...], axis: int, keepdims: bool) -> Values:
    """The upstream at the places that were picked, zero elsewhere: a router."""
    dy = np.asarray(dy)
    dx = np.zeros(shape, dy.dtype)
    np.put_along_axis(dx, place, restore_axis(dy, axis, keepdims), axis=axis)
    return dx
