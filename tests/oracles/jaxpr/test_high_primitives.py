"""A high primitive is what its expansion computes: the arguments and results of a tree, in their order."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np

from gradcheck.oracles.jaxpr.equations import find_called_program
from gradcheck.oracles.jaxpr.high_primitives import HIGH_PRIMITIVE


def make_equation(expand, *args):
    """An equation of a high primitive with these arguments."""
    leaves, tree = jax.tree.flatten(args)
    variables = [SimpleNamespace(aval=jax.typeof(leaf)) for leaf in leaves]
    high = SimpleNamespace(expand=expand, in_tree=tree)
    return SimpleNamespace(
        primitive=SimpleNamespace(name=HIGH_PRIMITIVE), params={"_prim": high}, invars=variables, outvars=[]
    )


def test_its_program_takes_the_leaves_of_its_arguments_and_gives_those_of_its_result():
    x, y = jnp.arange(3.0), jnp.ones(3)
    equation = make_equation(lambda pair, z: {"b": pair["x"] * z, "a": pair["y"] + 1}, {"x": x, "y": y}, 2 * x)
    jaxpr, constants = find_called_program(equation)
    a, b = jax.core.eval_jaxpr(jaxpr, constants, x, y, 2 * x)
    np.testing.assert_array_equal(a, y + 1)
    np.testing.assert_array_equal(b, 2 * x * x)


def test_its_program_keeps_float64_where_jax_has_it_switched_off():
    equation = make_equation(jnp.sin, jnp.ones(3))
    equation.invars[0].aval = SimpleNamespace(shape=(3,), dtype=np.dtype("float64"))
    with jax.enable_x64(False):
        jaxpr, _ = find_called_program(equation)
    assert [v.aval.dtype for v in (*jaxpr.invars, *jaxpr.outvars)] == ["float64", "float64"]
