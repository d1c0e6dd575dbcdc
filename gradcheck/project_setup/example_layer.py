"""An example layer, for a folder without Python files."""

EXAMPLE_FILE = "affine.py"
EXAMPLE_OP = "affine"
EXAMPLE_LAYER = '''\
"""An affine layer, y = x @ w + b: an example of what gradcheck checks, to be replaced by layers of your own."""


def forward(x: "N D", w: "D M", b: "M"):
    """Return y, and what backward needs."""
    return x @ w + b, (x, w)


def backward(dy, cache):
    """Return a gradient for each input, in their order."""
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def reference(x, w, b):
    """Return y by the textbook formula, of which JAX takes the derivative."""
    return x @ w + b
'''
