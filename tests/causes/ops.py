"""Small ops for tests of causes: right ones, and ones with a mistake."""

import numpy as np

from gradcheck import Op, adapt


def affine_with(change, **declared) -> Op:
    """The op x @ w + b, of which `change` is given the right gradients by name and returns those of backward."""

    def forward(x, w, b):
        return x @ w + b, (x, w)

    def backward(dy, cache):
        x, w = cache
        gradients = change({"x": dy @ w.T, "w": x.T @ dy, "b": dy.sum(axis=0)}, dy)
        return gradients["x"], gradients["w"], gradients["b"]

    return adapt(forward, backward, name="affine", **{"x": "N D", "w": "D M", "b": "M", **declared})


def softmax_along(axis: int, shifts: bool = True) -> Op:
    """Softmax along an axis of two, with a reference along the last one.  shifts: whether the maximum is subtracted."""

    def forward(x):
        e = np.exp(x - x.max(axis, keepdims=True) if shifts else x)
        y = e / e.sum(axis, keepdims=True)
        return y.copy(), y

    def backward(dy, y):
        return y * (dy - (dy * y).sum(axis, keepdims=True))

    def reference(x):
        xp = x.__array_namespace__()
        e = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
        return e / xp.sum(e, axis=-1, keepdims=True)

    return adapt(forward, backward, reference=reference, name="softmax", x="N D")


def define_without_file(text: str, name: str):
    """Define the function of that name in a text that is in no file, so that no edit of it can be tried."""
    names = {}
    exec(text, names)
    return names[name]
