"""Whether NumPy and XLA make the same of a program: shapes and dtypes are equal, values within a few units in the last
place."""

from dataclasses import dataclass, field

import jax
import numpy as np

from gradcheck.oracles.jaxpr.numpy_program import Program
from gradcheck.oracles.jaxpr.trace import compile_by_xla, compile_cheaply

ULPS = 64
"""Each operation is off by a unit or two in the last place, lgamma in float32 by 28, gelu, where it cancels, by 48."""


@dataclass(frozen=True)
class Draw:
    """Arrays of random numbers, the same ones in the same order each time."""

    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def numbers(self, *shape, dtype=np.float64):
        """Normal numbers, none of them near zero."""
        x = self.rng.normal(size=shape)
        return np.asarray(x + np.sign(x) / 8, dtype)

    def positive(self, *shape, dtype=np.float64):
        """Numbers between 0.1 and 0.9."""
        return np.asarray(self.rng.uniform(0.1, 0.9, shape), dtype)

    def whole(self, *shape):
        """Small whole numbers, some of them negative."""
        return self.rng.integers(-5, 5, shape)

    def symmetric(self, *shape):
        """Matrices that are symmetric and positive definite."""
        x = self.numbers(*shape, shape[-1])
        return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1])


def trace(f, arguments):
    """The closed program of f."""
    return jax.make_jaxpr(f)(*arguments)


def run_by_numpy(f, arguments):
    """The program of f in NumPy, and its results."""
    program = Program(trace(f, arguments), 0, {}, compile_by_xla)
    with np.errstate(all="ignore"):
        results = program.run(*arguments)
        same = program.watched(lambda primitive, result, operands: result, *arguments)
    assert program.shapes(*arguments) == [np.shape(y) for y in results]
    for y, z in zip(results, same, strict=True):
        assert np.array_equal(y, z, equal_nan=np.asarray(y).dtype.kind in "fc")
    return program, [np.asarray(y) for y in results]


def run_by_xla(f, arguments):
    """What XLA makes of f."""
    compiled = compile_cheaply(jax.jit(f).lower(*arguments))
    return [np.asarray(y) for y in jax.tree.leaves(compiled(*arguments))]


def assert_agreement(f, arguments, size=lambda y: np.max(np.abs(y), initial=0)):
    """Assert that NumPy and XLA make the same of f, but for ULPS of the size of a result; the program by NumPy."""
    program, found = run_by_numpy(f, arguments)
    wanted = run_by_xla(f, arguments)
    assert [(y.dtype, y.shape) for y in found] == [(y.dtype, y.shape) for y in wanted]
    for y, exact in zip(found, wanted, strict=True):
        if y.dtype.kind in "fc":
            finite = np.isfinite(exact)
            assert np.array_equal(y[~finite], exact[~finite], equal_nan=True)
            off = np.abs(y[finite] - exact[finite])
            assert np.all(off <= ULPS * np.finfo(y.dtype).eps * size(exact[finite])), (y, exact)
        else:
            assert y.tolist() == exact.tolist()
    return program


def with_gradients(f, arguments):
    """Outputs and gradients of f's floats, as a function of all arguments."""
    moves = [a.dtype.kind in "fc" for a in arguments]

    def run(*point):
        def of_moving(*moving):
            remaining = iter(moving)
            outputs = f(*(next(remaining) if m else a for a, m in zip(point, moves, strict=True)))
            return [y for y in jax.tree.leaves(outputs) if y.dtype.kind in "fc"]

        outputs, pull = jax.vjp(of_moving, *(a for a, m in zip(point, moves, strict=True) if m))
        ups = [np.cos(1 + np.arange(y.size)).reshape(y.shape).astype(y.dtype) for y in outputs]
        return [*outputs, *pull(ups)]

    return run


def each(f, *calls):
    """A function that calls f with each of these arguments, and all of them."""
    arity = len(calls[0])
    return (
        lambda *xs: [f(*xs[i : i + arity]) for i in range(0, len(xs), arity)],
        tuple(a for arguments in calls for a in arguments),
    )


def names_with_gradients(cases, without=()):
    """The names of the cases whose gradients are compared: those that have an array of floats, but for some."""
    return [name for name, (_, args) in cases.items() if any(a.dtype.kind == "f" for a in args) and name not in without]
