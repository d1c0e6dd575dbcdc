"""Decompositions, solvers and Fourier transforms, over the last axes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def transposed(x: Array) -> Array:
    """The last two axes exchanged."""
    return np.swapaxes(x, -1, -2)


def cholesky(x: Array) -> Any:
    """The lower factor; NaN where the matrix has none."""
    try:
        return np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        return np.full(x.shape, np.nan, x.dtype)


def triangular_solve(
    a: Array, b: Array, left_side: bool, lower: bool, transpose_a: bool, conjugate_a: bool, unit_diagonal: bool
) -> Any:
    """a⁻¹ b, or b a⁻¹, for a triangular a; the other triangle is not looked at."""
    a = np.tril(a) if lower else np.triu(a)
    if unit_diagonal:
        a = a - a * np.eye(a.shape[-1], dtype=a.dtype) + np.eye(a.shape[-1], dtype=a.dtype)
    a = transposed(a) if transpose_a else a
    a = np.conj(a) if conjugate_a else a
    return np.linalg.solve(a, b) if left_side else transposed(np.linalg.solve(transposed(a), transposed(b)))


def lu(x: Array) -> Any:
    """Both factors in one matrix, the pivots, and the permutation that they amount to."""
    rows, columns = x.shape[-2:]
    factors, count = np.array(x).reshape(-1, rows, columns), min(rows, columns)
    pivots = np.zeros((len(factors), count), np.int32)
    for a, chosen in zip(factors, pivots, strict=True):
        for k in range(count):
            chosen[k] = k + int(np.argmax(np.abs(a[k:, k])))
            a[[k, chosen[k]]] = a[[chosen[k], k]]
            if a[k, k] != 0:
                a[k + 1 :, k] /= a[k, k]
                a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    pivots = pivots.reshape(*x.shape[:-2], count)
    return factors.reshape(x.shape), pivots, lu_pivots_to_permutation(pivots, rows)


def lu_pivots_to_permutation(pivots: Array, permutation_size: int) -> Any:
    """The permutation that a sequence of exchanges amounts to."""
    order = np.tile(np.arange(permutation_size, dtype=np.int32), (*pivots.shape[:-1], 1))
    for row, exchanges in zip(order.reshape(-1, permutation_size), pivots.reshape(-1, pivots.shape[-1]), strict=True):
        for k, other in enumerate(exchanges):
            row[[k, other]] = row[[other, k]]
    return order


def qr(x: Array, full_matrices: bool) -> Any:
    """Q and R."""
    return tuple(np.linalg.qr(x, mode="complete" if full_matrices else "reduced"))


def eigh(x: Array, lower: bool) -> Any:
    """Eigenvectors and eigenvalues of a symmetric matrix."""
    values, vectors = np.linalg.eigh(x, UPLO="L" if lower else "U")
    return vectors, values


def svd(x: Array, full_matrices: bool, compute_uv: bool) -> Any:
    """Singular values, and both sets of vectors where they are asked for."""
    if not compute_uv:
        return (np.linalg.svd(x, compute_uv=False),)
    u, s, vt = np.linalg.svd(x, full_matrices=full_matrices)
    return s, u, vt


def fft(x: Array, fft_type: Any, fft_lengths: Sequence[int]) -> Any:
    """FFT (0), its inverse (1), from reals (2) and back to them (3)."""
    axes = tuple(range(-len(fft_lengths), 0))
    transform = (np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn)[int(fft_type)]
    single = np.result_type(x) in (np.float32, np.complex64)
    result = transform(x, s=tuple(fft_lengths), axes=axes)
    return result.astype(np.float32 if result.dtype.kind == "f" else np.complex64) if single else result


TABLE: dict[str, Any] = {
    "cholesky": cholesky,
    "triangular_solve": triangular_solve,
    "lu": lu,
    "lu_pivots_to_permutation": lu_pivots_to_permutation,
    "qr": qr,
    "eigh": eigh,
    "svd": svd,
    "fft": fft,
}
