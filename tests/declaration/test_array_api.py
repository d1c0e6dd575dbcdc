"""A reference finds the functions of the library that its arrays are from."""

import numpy as np
import pytest

from gradcheck.declaration.array_api import namespace


def test_the_namespace_of_a_numpy_array_is_numpy():
    assert namespace(np.ones(2)) is np


def test_the_namespace_of_a_jax_array_is_that_of_jax():
    jnp = pytest.importorskip("jax.numpy")
    assert namespace(jnp.ones(2)) is jnp


def test_what_is_no_array_has_none():
    with pytest.raises(AttributeError, match="__array_namespace__"):
        namespace([1.0])
