"""Keys of relative errors, as saved runs spell them."""

import math

import pytest

from gradcheck.records.evidence import ALL_INPUTS, ErrorKey, Witness, read_errors


@pytest.mark.parametrize(
    "key", [ErrorKey("x", "autodiff"), ErrorKey("a, b", "complex step"), ErrorKey(ALL_INPUTS, "o")]
)
def test_a_key_is_read_as_it_is_written(key):
    assert ErrorKey.read(str(key)) == key


def test_a_text_without_a_witness_is_refused():
    with pytest.raises(ValueError, match="'x' names no input and witness"):
        ErrorKey.read("x")


def test_errors_may_be_words():
    errors = read_errors({"x, autodiff": "inf", "x, differences": "nan", "all, complex step": 1e-9})
    assert errors[ErrorKey("x", Witness.AUTODIFF)] == math.inf
    assert math.isnan(errors[ErrorKey("x", Witness.DIFFERENCES)])
    assert errors[ErrorKey("all", Witness.COMPLEX_STEP)] == 1e-9
