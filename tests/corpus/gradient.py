"""A square.  Wrong: the gradient is too large by one part in a million."""

from gradcheck.declaration.pointwise import pointwise


def reference(x):
    return x**2


right = pointwise("square", value=lambda x: x * x, slope=lambda x, y: 2 * x, reference=reference)
wrong = pointwise("square", value=lambda x: x * x, slope=lambda x, y: 2 * x * (1 + 1e-6), reference=reference)
