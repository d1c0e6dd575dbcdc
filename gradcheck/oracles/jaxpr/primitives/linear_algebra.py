"""Decompositions, solvers and Fourier transforms, over the last axes."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import numpy as np

from gradcheck.arrays import Values


def swap_matrix_axes(x: Values) -> Values:
    """Exchange the last two axes."""
    return np.swapaxes(x, -1, -2)


def cholesky(x: Values) -> Any:
    """Return the lower factor; NaN where the matrix has none."""
    try:
        return np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        return np.stack([cholesky(a) for a in x]) if x.ndim > 2 else np.tril(np.full_like(x, np.nan))


def triangular_solve(
    a: Values, b: Values, left_side: bool, lower: bool, transpose_a: bool, conjugate_a: bool, unit_diagonal: bool
) -> Any:
    """Compute a⁻¹ b, or b a⁻¹, for a triangular a, by substitution; the other triangle is not read."""
    a = np.conj(a) if conjugate_a else a
    a = swap_matrix_axes(a) if transpose_a == left_side else a
    x = np.array(b if left_side else swap_matrix_axes(b))
    forwards, size = lower != (transpose_a == left_side), a.shape[-1]
    for k in range(size) if forwards else reversed(range(size)):
        known = slice(k) if forwards else slice(k + 1, None)
        x[..., k, :] -= (a[..., k, None, known] @ x[..., known, :])[..., 0, :]
        if not unit_diagonal:
            x[..., k, :] /= a[..., k, k, None]
    return x if left_side else swap_matrix_axes(x)


def lu(x: Values) -> Any:
    """Return both factors in one matrix, the pivots, and the equivalent permutation."""
    rows, columns = x.shape[-2:]
    factors, pivots = np.array(x), np.zeros((*x.shape[:-2], min(rows, columns)), np.int32)
    for place in np.ndindex(x.shape[:-2]):
        a, chosen = factors[place], pivots[place]
        for k in range(len(chosen)):
            chosen[k] = k + int(np.argmax(np.abs(a[k:, k])))
            a[[k, chosen[k]]] = a[[chosen[k], k]]
            if a[k, k] != 0:
                a[k + 1 :, k] /= a[k, k]
                a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    return factors, pivots, lu_pivots_to_permutation(pivots, rows)


def lu_pivots_to_permutation(pivots: Values, permutation_size: int) -> Any:
    """Return the permutation equivalent to a sequence of exchanges."""
    order = np.tile(np.arange(permutation_size, dtype=np.int32), (*pivots.shape[:-1], 1))
    for place in np.ndindex(pivots.shape[:-1]):
        row = order[place]
        for k, other in enumerate(pivots[place]):
            row[[k, other]] = row[[other, k]]
    return order


def return_nan_on_failure(decompose: Callable[..., Any]) -> Callable[..., Any]:
    """Return the decomposition with NaN throughout where it does not converge."""

    @wraps(decompose)
    def attempt(x: Values, **settings: Any) -> Any:
        try:
            return decompose(x, **settings)
        except np.linalg.LinAlgError:
            return [np.full_like(part, np.nan) for part in decompose(np.zeros_like(x), **settings)]

    return attempt


@return_nan_on_failure
def qr(x: Values, full_matrices: bool) -> Any:
    """Return Q and R."""
    return np.linalg.qr(x, mode="complete" if full_matrices else "reduced")


@return_nan_on_failure
def eigh(x: Values, lower: bool) -> Any:
    """Return eigenvectors and eigenvalues of a symmetric matrix."""
    values, vectors = np.linalg.eigh(x, UPLO="L" if lower else "U")
    return vectors, values


@return_nan_on_failure
def svd(x: Values, full_matrices: bool, compute_uv: bool) -> Any:
    """Return the singular values, and both sets of vectors where they are requested."""
    if not compute_uv:
        return (np.linalg.svd(x, compute_uv=False),)
    u, s, vt = np.linalg.svd(x, full_matrices=full_matrices)
    return s, u, vt


def fft(x: Values, fft_type: int, fft_lengths: Sequence[int]) -> Any:
    """Compute the FFT (0), its inverse (1), that of real numbers (2), or its inverse (3)."""
    transform = (np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn)[fft_type]
    return transform(x, s=tuple(fft_lengths), axes=tuple(range(-len(fft_lengths), 0)))


TABLE: dict[str, Callable[..., Any]] = {
    "cholesky": cholesky,
    "triangular_solve": triangular_solve,
    "lu": lu,
    "lu_pivots_to_permutation": lu_pivots_to_permutation,
    "qr": qr,
    "eigh": eigh,
    "svd": svd,
    "fft": fft,
}

UNSUPPORTED_DECOMPOSITIONS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "qr": lambda parameters: bool(parameters.get("pivoting")),
    "svd": lambda parameters: parameters.get("subset_by_index") is not None,
    "eigh": lambda parameters: parameters.get("subset_by_index") is not None,
}
"""Whether the parameters require more than the counterpart supports."""
