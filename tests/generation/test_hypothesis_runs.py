"""What Hypothesis draws depends on the seed alone, and runs have settings of their own."""

import importlib

import hypothesis.strategies as st
import pytest
from hypothesis import settings

from gradcheck.generation.hypothesis_runs import BudgetSpent, make_hypothesis_settings, run_property
from gradcheck.generation.search import draw_configurations
from gradcheck.ops.convolution.conv2d import conv2d


def keys(drawn):
    """What tells the drawn configurations apart."""
    return [one.configuration.key for one in drawn]


def test_the_cases_of_a_seed_do_not_depend_on_the_modules_that_are_loaded(tmp_path, monkeypatch):
    before = keys(draw_configurations(conv2d, 25, 0))
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = {list(range(0, 3000, 7))}\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("full_of_numbers")
    assert keys(draw_configurations(conv2d, 25, 0)) == before


def test_they_do_not_depend_on_the_profile_that_is_loaded():
    before, profile = keys(draw_configurations(conv2d, 25, 0)), settings.get_current_profile_name()
    settings.register_profile("of the host", max_examples=3, derandomize=True)
    settings.load_profile("of the host")
    try:
        assert keys(draw_configurations(conv2d, 25, 0)) == before
        assert settings.default.max_examples == 3
    finally:
        settings.load_profile(profile)


def test_a_property_sees_the_same_draws_for_the_same_seed():
    def collect(seed):
        seen = []

        def see(number):
            seen.append(number)

        run_property(see, st.integers(0, 10**9), seed, make_hypothesis_settings(20, shrink=False))
        return seen

    assert collect("0:op") == collect("0:op") != collect("1:op")


def test_a_run_that_is_broken_off_ends_there():
    def break_off(number):
        seen.append(number)
        raise BudgetSpent

    seen = []
    with pytest.raises(BudgetSpent):
        run_property(break_off, st.integers(), "0", make_hypothesis_settings(9, shrink=False))
    assert len(seen) == 1
