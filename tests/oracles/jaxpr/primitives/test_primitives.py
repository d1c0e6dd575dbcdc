"""The table of primitives: the tests of its modules run every one of them."""

import jax
import pytest

from gradcheck.oracles.jaxpr.equations import CALL_PRIMITIVES, unpack_program
from gradcheck.oracles.jaxpr.high_primitives import HIGH_PRIMITIVE, expand_high_primitive
from gradcheck.oracles.jaxpr.primitives import TABLE
from tests.oracles.jaxpr.primitives import (
    test_control,
    test_indexing,
    test_linear_algebra,
    test_pointwise,
    test_reducing,
    test_shaping,
    test_windows,
)
from tests.oracles.jaxpr.primitives.agreement import trace, with_gradients

MODULES = (test_control, test_indexing, test_linear_algebra, test_pointwise, test_reducing, test_shaping, test_windows)


def list_primitives(jaxpr):
    """The names of all primitives of a program and of the programs inside it."""
    for equation in jaxpr.eqns:
        yield equation.primitive.name
        if equation.primitive.name == HIGH_PRIMITIVE:
            yield from list_primitives(expand_high_primitive(equation).jaxpr)
        for value in jax.tree.leaves(list(equation.params.values()), is_leaf=lambda v: hasattr(v, "eqns")):
            if hasattr(value, "eqns"):
                yield from list_primitives(unpack_program(value)[0])


SYMBOLIC = {"dim_as_value"}
"""Primitives that only symbolic sizes produce; tests/oracles/jaxpr/test_trace.py has them."""

NEWER = {
    **dict.fromkeys(("empty2", "stack", "tile", "unstack"), (0, 10)),
    **dict.fromkeys(("eval_jaxpr", "log2", "one_minus_square"), (0, 12)),
}
"""Primitives that JAX did not always produce, and the version from which it does."""
STILL_TO_COME = {name for name, since in NEWER.items() if jax.__version_info__ < since}


@pytest.fixture(name="run", scope="module")
def all_primitives():
    """The names of all primitives that the cases and their gradients run."""
    programs = [
        program
        for module in MODULES
        for name, (f, arguments) in module.CASES.items()
        for program in ((f, arguments), *([(with_gradients(f, arguments), arguments)] if name in module.MOVING else []))
    ]
    with jax.enable_x64(True):
        return {name for f, arguments in programs for name in list_primitives(trace(f, arguments).jaxpr)}


@pytest.mark.slow
def test_every_call_is_inlined(run):
    for_loops_known_in_part = {"closed_call"}  # which no gradient here has
    assert CALL_PRIMITIVES - run - STILL_TO_COME == for_loops_known_in_part


@pytest.mark.slow
def test_every_primitive_of_the_table_is_run(run):
    assert TABLE.keys() - run - STILL_TO_COME == SYMBOLIC
