"""How an op is checked and judged, by sources of which the stronger goes over the weaker."""

import pytest

from gradcheck.laws.registry import load_laws
from gradcheck.pytest_plugin.check_options import OPTION_NAMES, CheckOptions, validate_arguments
from gradcheck.running.session import UsageError
from gradcheck.running.settings import SettingsError


def test_a_stronger_source_goes_over_a_weaker_one():
    options = CheckOptions(examples=5, seed=1).with_overrides({"examples": 7, "strict": True, "ops": ["a.py"]})
    assert (options.examples, options.seed, options.strict) == (7, 1, True)


def test_laws_that_a_stronger_source_names_are_asked_whatever_a_weaker_one_skips():
    options = CheckOptions(skip=("gradient",)).with_overrides({"laws": ["gradient", "value"]})
    assert options.resolve_laws() == ("value", "gradient")


def test_where_none_is_named_all_laws_are_asked_but_those_skipped():
    assert CheckOptions().resolve_laws() == tuple(load_laws())
    assert "value" not in CheckOptions(skip=("value",)).resolve_laws()


def test_arguments_that_fit_are_taken():
    assert validate_arguments({"laws": ("value",), "timeout": 1.5}) == {"laws": ["value"], "timeout": 1.5}
    assert set(OPTION_NAMES) == {"examples", "seed", "laws", "skip", "timeout", "fail_on", "strict", "largest"}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"exmples": 3}, UsageError, "there is no argument 'exmples'; did you mean 'examples'"),
        ({"examples": 0}, SettingsError, "examples=0 is wrong: it wants a whole number above zero"),
        ({"examples": True}, SettingsError, "examples=True is wrong"),
        ({"laws": ["gradeint"]}, UsageError, "there is no law 'gradeint'; did you mean 'gradient'"),
        ({"laws": ["value"], "skip": ["value"]}, UsageError, "no law is left"),
    ],
)
def test_arguments_that_do_not_fit_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        validate_arguments(arguments)
