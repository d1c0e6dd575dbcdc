"""A size is read off the arguments."""

import jax
import pytest

from gradcheck.oracles.jaxpr.symbolic_sizes import SETTINGS_ARGUMENT, is_symbolic, write_size_lookup


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ((0, 1, 0, 1), "a0.shape[1]"),
        ((1, 0, 2, 1), "(a1.shape[0] - 2) // 1"),
        ((0, 0, 0, "m"), "(a0.shape[0] - 0) // m"),
        ((SETTINGS_ARGUMENT, 2, 0, 1), "settings[2]"),
    ],
)
def test_a_size_is_read_off_an_argument_or_a_setting(place, text):
    assert write_size_lookup(["a0", "a1"], place) == text


def test_a_size_over_symbols_is_known_as_one():
    (n,) = jax.export.symbolic_shape("n")
    assert is_symbolic(n)
    assert is_symbolic(2 * n + 1)
    assert not is_symbolic(3)
