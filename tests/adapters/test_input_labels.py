"""Inputs in a dictionary or a list have labels that are names."""

import pytest

from gradcheck.adapters.input_labels import make_input_label


@pytest.mark.parametrize(("key", "label"), [("W1", "W1"), (("W", 0), "W_0"), (2, "params_2"), ("a.b", "a_b")])
def test_a_key_becomes_the_name_of_an_input(key, label):
    assert make_input_label(key, "params") == label
