"""Operands are left unrepeated where NumPy repeats them by itself, and only there."""

import jax
import numpy as np
import pytest

from gradcheck.oracles.jaxpr.numpy_broadcasts import UnbroadcastArray, find_numpy_broadcasts

X = np.ones((2, 3))


def find_broadcasts(f, *shapes):
    """The names that NumPy repeats in the equation of f on two matrices that were made of arrays of these shapes."""
    (equation,) = jax.make_jaxpr(f)(X, X).jaxpr.eqns
    thin = {
        variable: UnbroadcastArray(name, shape)
        for variable, name, shape in zip(equation.invars, ("row", "column"), shapes, strict=True)
        if shape
    }
    found = find_numpy_broadcasts(equation, thin)
    assert set(found) <= {id(variable) for variable in equation.invars}
    return sorted(found.values())


@pytest.mark.parametrize(
    ("shapes", "names"),
    [
        (((1, 3), None), ["row"]),
        (((1, 3), (2, 1)), ["column", "row"]),
        (((1, 3), (1, 3)), []),
        ((None, None), []),
    ],
    ids=["one", "both, which have all axes together", "both, and nobody has the rows", "none"],
)
def test_an_operand_is_repeated_by_numpy_where_all_together_have_the_shape(shapes, names):
    assert find_broadcasts(lambda x, y: x + y, *shapes) == names


def test_a_primitive_that_is_not_elementwise_gets_whole_operands():
    assert find_broadcasts(lambda x, y: jax.lax.concatenate([x, y], 0), (1, 3), None) == []
