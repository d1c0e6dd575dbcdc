"""NumPy's warnings tell why a number is not finite."""

import pytest

from gradcheck.causes.float_causes import find_float_cause


@pytest.mark.parametrize(
    ("warnings", "name"),
    [
        (["overflow encountered in exp", "invalid value encountered in divide"], "value-no-max-shift"),
        (["invalid value encountered in divide"], "division-by-zero"),
        (["divide by zero encountered in log"], "logarithm-of-zero"),
    ],
)
def test_warnings_tell_of_a_cause(warnings, name):
    assert find_float_cause(warnings).name == name


def test_other_warnings_tell_of_none():
    assert find_float_cause(["invalid value encountered in sin"]) is None
