"""References run in float64."""

import jax
import pytest

pytest.register_assert_rewrite("tests.oracles.jaxpr.primitives.agreement")


@pytest.fixture(autouse=True)
def float64():
    """The precision in which references run."""
    with jax.enable_x64(True):
        yield
