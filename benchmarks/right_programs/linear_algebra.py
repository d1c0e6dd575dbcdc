"""Linear algebra: NumPy's and SciPy's solvers with their textbook adjoints."""

import numpy as np
import scipy.linalg

from gradcheck import Array, invertible, real, spd
from right_programs.program import Program


def inverse_forward(a):
    y = np.linalg.inv(a)
    return y, y


def inverse_backward(dy, y):
    return -y.T @ dy @ y.T


def inverse_backward_not_transposed(dy, y):
    return -y @ dy @ y


def solve_forward(a, b):
    x = np.linalg.solve(a, b)
    return x, (a, x)


def solve_backward(dx, cache):
    a, x = cache
    db = np.linalg.solve(a.T, dx)
    return -db @ x.T, db


def solve_backward_not_transposed(dx, cache):
    a, x = cache
    db = np.linalg.solve(a, dx)
    return -db @ x.T, db


def det_forward(a):
    y = np.linalg.det(a)
    return y, (a, y)


def det_backward(dy, cache):
    a, y = cache
    return dy * y * np.linalg.inv(a).T


def det_backward_of_the_logarithm(dy, cache):
    a, _ = cache
    return dy * np.linalg.inv(a).T


def cofactor_det_forward(a):
    return np.linalg.det(a), a


def cofactor_det_backward(dy, a):
    """By cofactors, which needs no inverse: right for singular matrices too."""
    n = len(a)
    c = np.empty_like(a)
    for i in range(n):
        for j in range(n):
            minor = np.delete(np.delete(a, i, 0), j, 1)
            c[i, j] = (-1) ** (i + j) * np.linalg.det(minor)
    return dy * c


def logdet_forward(a):
    return np.linalg.slogdet(a)[1], a


def logdet_backward(dy, a):
    return dy * np.linalg.inv(a).T


def cholesky_forward(a):
    low = np.linalg.cholesky(a)
    return low, low


def cholesky_backward(dl, low):
    """Murray 2016, the symmetric gradient."""
    p = np.tril(low.T @ dl)
    p[np.diag_indices(len(p))] *= 0.5
    inv = np.linalg.inv(low)
    s = inv.T @ p @ inv
    return (s + s.T) / 2


def cholesky_backward_without_half(dl, low):
    p = np.tril(low.T @ dl)
    inv = np.linalg.inv(low)
    s = inv.T @ p @ inv
    return (s + s.T) / 2


def expm_forward(a):
    return scipy.linalg.expm(a), a


def expm_backward(dy, a):
    n = len(a)
    m = np.zeros((2 * n, 2 * n))
    m[:n, :n], m[n:, n:], m[:n, n:] = a.T, a.T, dy
    return scipy.linalg.expm(m)[:n, n:]


def expm_backward_not_transposed(dy, a):
    return expm_backward(dy, a.T)


def eigvalsh_forward(a):
    w, v = np.linalg.eigh(a)
    return w, v


def eigvalsh_backward(dw, v):
    return v @ np.diag(dw) @ v.T


def eigvalsh_backward_not_transposed(dw, v):
    return v.T @ np.diag(dw) @ v


def quadratic_form_forward(x, a):
    return np.array([float(row @ a @ row) for row in x]), (x, a)


def quadratic_form_backward(dy, cache):
    x, a = cache
    return dy[:, None] * (x @ (a + a.T)), np.array(
        sum((d * np.outer(r, r) for d, r in zip(dy, x, strict=True))) + 0 * a
    )


def quadratic_form_backward_of_a_symmetric_one(dy, cache):
    x, a = cache
    _, da = quadratic_form_backward(dy, cache)
    return dy[:, None] * 2 * (x @ a), da


def matrix_affine_forward(x, w, b):
    x, w, b = np.matrix(x), np.matrix(w), np.matrix(b)
    return np.asarray(x * w + b), (x, w)


def matrix_affine_backward(dy, cache):
    x, w = cache
    dy = np.matrix(dy)
    return np.asarray(dy * w.T), np.asarray(x.T * dy), np.asarray(dy.sum(axis=0)).ravel()


def matrix_affine_backward_averaged(dy, cache):
    dx, dw, db = matrix_affine_backward(dy, cache)
    return dx, dw, db / len(dy)


def matrix_loss(W, X):
    """np.matrix as the gradient, as old course code has it."""
    s = X @ W
    return 0.5 * np.sum(s * s), X.T @ np.matrix(s)


def least_squares_forward(a, b):
    """(AᵀA + I)⁻¹ Aᵀ b by a Cholesky factor."""
    factor = scipy.linalg.cho_factor(a.T @ a + np.eye(a.shape[1]))
    x = scipy.linalg.cho_solve(factor, a.T @ b)
    return x, (a, b, x, factor)


def least_squares_backward(dx, cache):
    a, b, x, factor = cache
    u = scipy.linalg.cho_solve(factor, dx)
    db = a @ u
    return np.outer(b - a @ x, u) - np.outer(a @ u, x), db


def mahalanobis_forward(x, low):
    """Half the squared length of L⁻¹ x, L the lower triangle."""
    z = scipy.linalg.solve_triangular(np.tril(low), x, lower=True)
    return 0.5 * z @ z, (z, low)


def mahalanobis_backward(dy, cache):
    z, low = cache
    u = scipy.linalg.solve_triangular(np.tril(low), z, lower=True, trans="T")
    return dy * u, -dy * np.tril(np.outer(u, z))


SQUARE = {"a": Array("N N", invertible())}

PROGRAMS = (
    Program(
        "inverse",
        (inverse_forward, inverse_backward),
        SQUARE,
        "Giles 2008",
        wrong={"not transposed": (inverse_forward, inverse_backward_not_transposed)},
    ),
    Program(
        "solve",
        (solve_forward, solve_backward),
        {**SQUARE, "b": "N M"},
        "Giles 2008",
        wrong={"not transposed": (solve_forward, solve_backward_not_transposed)},
    ),
    Program(
        "determinant by the inverse",
        (det_forward, det_backward),
        SQUARE,
        "Giles 2008",
        wrong={"factor of the value missing": (det_forward, det_backward_of_the_logarithm)},
    ),
    Program(
        "determinant by cofactors",
        (cofactor_det_forward, cofactor_det_backward),
        {"a": Array("N N", real(-4, 4))},
        "student code",
    ),
    Program("log determinant", (logdet_forward, logdet_backward), SQUARE, "HIPS autograd, linalg"),
    Program(
        "cholesky",
        (cholesky_forward, cholesky_backward),
        {"a": Array("N N", spd())},
        "Murray 2016",
        wrong={"half on the diagonal missing": (cholesky_forward, cholesky_backward_without_half)},
    ),
    Program(
        "matrix exponential",
        (expm_forward, expm_backward),
        {"a": Array("N N", real(-4, 4))},
        "Najfeld & Havel 1995",
        explained=dict.fromkeys(("gradient", "linearity"), "squaring again and again loses the last four digits"),
        wrong={"adjoint not transposed": (expm_forward, expm_backward_not_transposed)},
    ),
    Program(
        "eigenvalues",
        (eigvalsh_forward, eigvalsh_backward),
        {"a": Array("N N", spd())},
        "Giles 2008",
        wrong={"vectors transposed": (eigvalsh_forward, eigvalsh_backward_not_transposed)},
    ),
    Program(
        "quadratic form row by row",
        (quadratic_form_forward, quadratic_form_backward),
        {"x": "N D", "a": "D D"},
        "course exercises",
        wrong={"a taken for symmetric": (quadratic_form_forward, quadratic_form_backward_of_a_symmetric_one)},
    ),
    Program(
        "affine of np.matrix",
        (matrix_affine_forward, matrix_affine_backward),
        {"x": "N D", "w": "D M", "b": "M"},
        "course code before 2015",
        wrong={"bias averaged": (matrix_affine_forward, matrix_affine_backward_averaged)},
    ),
    Program(
        "loss with a gradient of np.matrix",
        (matrix_loss,),
        {"W": "D C", "X": "N D", "adapter": "loss", "gradients": ["W"]},
        "course code before 2015",
    ),
    Program(
        "ridge regression",
        (least_squares_forward, least_squares_backward),
        {"a": "N D", "b": "N"},
        "implicit differentiation notes",
    ),
    Program(
        "mahalanobis distance by a triangle",
        (mahalanobis_forward, mahalanobis_backward),
        {"x": "N", "low": Array("N N", invertible())},
        "GPy-like code",
    ),
)
