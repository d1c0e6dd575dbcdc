"""What Hypothesis draws depends on the seed alone."""

import importlib

import hypothesis.strategies as st
import pytest
from hypothesis import find
from hypothesis.internal.conjecture import providers

from gradcheck.generation.hypothesis_runs import (
    BudgetSpent,
    make_hypothesis_settings,
    make_integer_drawer,
    run_property,
)
from gradcheck.generation.search import draw_configurations
from gradcheck.ops.convolution.conv2d import conv2d


def test_the_cases_of_a_seed_do_not_depend_on_the_modules_that_are_loaded(tmp_path, monkeypatch):
    before = [configuration.key for configuration in draw_configurations(conv2d, 25, 0)]
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = {list(range(0, 3000, 7))}\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("full_of_numbers")
    assert [configuration.key for configuration in draw_configurations(conv2d, 25, 0)] == before


def test_a_property_sees_the_same_draws_for_the_same_seed():
    def collect(seed):
        seen = []

        def see(number):
            seen.append(number)

        run_property(see, st.integers(0, 10**9), seed, make_hypothesis_settings(20, shrink=False))
        return seen

    assert collect("0:op") == collect("0:op") != collect("1:op")


def test_the_insides_of_hypothesis_are_restored_after_a_run_that_was_broken_off():
    def break_off(number):
        seen.append(providers.CONSTANTS_CACHE)
        raise BudgetSpent

    seen, before = [], (providers._get_local_constants, providers.CONSTANTS_CACHE)
    with pytest.raises(BudgetSpent):
        run_property(break_off, st.integers(), "0", make_hypothesis_settings(1, shrink=False))
    assert seen[0] is not before[1]
    assert (providers._get_local_constants, providers.CONSTANTS_CACHE) == before


def test_the_simplest_number_is_the_least():
    draw = make_integer_drawer(lambda strategy: find(strategy, lambda number: True))
    assert draw(3, 9) == 3
    assert draw(4, 4) == 4
