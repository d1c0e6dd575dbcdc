"""Decompositions, solutions and Fourier transforms in NumPy."""

from functools import partial
from itertools import product

import jax
import jax.numpy as jnp
import jax.scipy.linalg
import numpy as np
import pytest
from jax import lax

from tests.lanes import mark_most_slow
from tests.oracles.jaxpr.primitives.agreement import (
    Draw,
    assert_agreement,
    names_with_gradients,
    with_gradients,
)

draw = Draw()
numbers, positive, symmetric = draw.numbers, draw.positive, draw.symmetric

MATRIX, MATRICES, RIGHT = numbers(4, 4), numbers(2, 3, 3), numbers(4, 2)


def eigen(values, vectors):
    """What an eigendecomposition says whatever the signs of its vectors."""
    return values, abs(vectors), (vectors * values[..., None, :]) @ jnp.swapaxes(vectors, -1, -2)


def factors(u, s, vt):
    """What a singular value decomposition says whatever the signs of its vectors."""
    return s, abs(u), abs(vt), (u * s[..., None, :]) @ vt


CASES = {
    "solve": (jnp.linalg.solve, (MATRIX, RIGHT)),
    "solve, a vector": (jnp.linalg.solve, (MATRIX, RIGHT[:, 0])),
    "solve, batched": (jnp.linalg.solve, (MATRICES, numbers(2, 3, 2))),
    "solve, float32": (jnp.linalg.solve, (np.eye(3, dtype=np.float32) * 2, numbers(3, 1, dtype=np.float32))),
    "inv": (jnp.linalg.inv, (MATRICES,)),
    "inv of nothing": (jnp.linalg.inv, (numbers(2, 0, 0),)),
    "det": (lambda x: (jnp.linalg.det(x), *jnp.linalg.slogdet(x)), (MATRICES,)),
    "a singular matrix": (lambda x: jax.scipy.linalg.lu_factor(x)[0], (np.ones((2, 2)),)),
    "solve by Cholesky factors": (
        lambda x, y: jax.scipy.linalg.cho_solve(jax.scipy.linalg.cho_factor(x), y),
        (symmetric(4), RIGHT),
    ),
    "conjugate gradients": (lambda x, y: jax.scipy.sparse.linalg.cg(x, y, tol=1e-14)[0], (symmetric(4), RIGHT[:, 0])),
    "custom_linear_solve": (
        lambda x, y: lax.custom_linear_solve(
            lambda v: x * v,
            y,
            lambda f, b: b / f(jnp.ones_like(b)),
            lambda f, b: b / f(jnp.ones_like(b)),
        ),
        (positive(5), numbers(5)),
    ),
    "custom_linear_solve, symmetric": (
        lambda x, y: lax.custom_linear_solve(
            lambda v: x * v, y, lambda f, b: (b / f(jnp.ones_like(b)), b.sum()), symmetric=True, has_aux=True
        )[0],
        (positive(5), numbers(5)),
    ),
    "cholesky": (jnp.linalg.cholesky, (symmetric(2, 3),)),
    "cholesky, upper": (lambda x: jnp.linalg.cholesky(x, upper=True), (symmetric(3).astype(np.float32),)),
    "cholesky of one that has none": (jnp.linalg.cholesky, (np.stack([np.eye(2), -np.eye(2)]),)),
    "lu": (jax.scipy.linalg.lu, (numbers(3, 4),)),
    "lu, pivots": (jax.scipy.linalg.lu_factor, (numbers(2, 3, 3),)),
    "lu_pivots_to_permutation": (lambda i: lax.linalg.lu_pivots_to_permutation(i, 4), (np.int32([[1, 2], [3, 3]]),)),
    "qr": (jnp.linalg.qr, (numbers(4, 3),)),
    "qr, batched": (jnp.linalg.qr, (numbers(2, 3, 3, dtype=np.float32),)),
    "qr, complete": (lambda x: jnp.linalg.qr(lax.stop_gradient(x), mode="complete"), (numbers(4, 2),)),
    "eigh": (lambda x: eigen(*jnp.linalg.eigh(x)), (symmetric(2, 3),)),
    "eigvalsh": (lambda x: jnp.linalg.eigvalsh(x, UPLO="U"), (symmetric(3),)),
    "svd": (lambda x: factors(*jnp.linalg.svd(x, full_matrices=False)), (numbers(2, 4, 3),)),
    "singular values": (lambda x: (jnp.linalg.norm(x, 2), jnp.linalg.norm(x, "nuc")), (numbers(4, 3),)),
    "svd, complete": (
        lambda x: [abs(part) for part in jnp.linalg.svd(lax.stop_gradient(x))[1:]],
        (numbers(3, 2, dtype=np.float32),),
    ),
    "pinv": (jnp.linalg.pinv, (numbers(4, 3),)),
    "lstsq": (lambda x, y: jnp.linalg.lstsq(x, y)[0], (numbers(5, 3), numbers(5))),
    "fft": (lambda x: (jnp.fft.fft(x), jnp.fft.ifft(x + 1j)), (numbers(3, 5),)),
    "fft, float32": (lambda x: (jnp.fft.fft(x), jnp.fft.irfft(x)), (numbers(3, 5, dtype=np.float32),)),
    "fft, reals": (lambda x: (jnp.fft.irfft(jnp.fft.rfft(x) * 2), jnp.fft.irfft(jnp.fft.rfft(x), 7)), (numbers(3, 8),)),
    "fft, two axes": (lambda x: (jnp.fft.fft2(x), jnp.fft.irfft2(jnp.fft.rfft2(x), (4, 5))), (numbers(2, 4, 5),)),
    "fft, other axes": (lambda x: jnp.fft.fftn(x, axes=(0, 2)), (numbers(2, 3, 4),)),
    "expm": (jax.scipy.linalg.expm, (MATRIX,)),
    "power of a matrix": (lambda x: jnp.linalg.matrix_power(x, 5), (MATRIX,)),
}

CASES |= {
    f"triangular_solve, {settings}": (partial(lax.linalg.triangular_solve, **settings), (MATRICES, b))
    for left, b in ((True, numbers(2, 3, 2)), (False, numbers(2, 2, 3)))
    for lower, turned, unit in product((True, False), repeat=3)
    for settings in [{"left_side": left, "lower": lower, "transpose_a": turned, "unit_diagonal": unit}]
}

MOVING = names_with_gradients(CASES)


@pytest.mark.parametrize("name", mark_most_slow(CASES, 10))
def test_numpy_computes_what_xla_computes(name):
    f, arguments = CASES[name]
    assert assert_agreement(f, arguments).foreign == set()


@pytest.mark.parametrize("name", mark_most_slow(MOVING, 20))
def test_numpy_computes_the_gradients_that_xla_computes(name):
    f, arguments = CASES[name]
    assert_agreement(with_gradients(f, arguments), arguments)
