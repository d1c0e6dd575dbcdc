"""Programs of small functions."""

import jax
import numpy as np

from gradcheck.oracles.jaxpr.numpy_program import Program
from gradcheck.oracles.jaxpr.trace import compile_by_xla

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def refuse_primitive(primitive, parameters):
    raise AssertionError(f"{primitive} has a counterpart")


def write_program(f, *arguments, foreign=refuse_primitive):
    """The program of f, traced at these arguments."""
    return Program(jax.make_jaxpr(f)(*arguments), 0, {}, foreign)


def write_symbolic_program(f):
    """The program of a function of one matrix, for every size of it."""
    shape = jax.export.symbolic_shape("n, m")
    return Program(
        jax.make_jaxpr(f)(jax.ShapeDtypeStruct(shape, float)), 0, {"n": (0, 0, 0, 1), "m": (0, 1, 0, 1)}, compile_by_xla
    )


def list_body(program):
    """The lines of a program that run in every call."""
    lines = program.source.partition("def program(")[2].partition("def shapes(")[0].splitlines()
    return [line.strip() for line in lines[1:]]
