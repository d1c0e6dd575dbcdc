"""One op checked within a session: everything of the project stays as it was."""

import os
import sys
import warnings

import hypothesis
import jax
import numpy as np


def test_the_settings_of_hypothesis_stay(gradcheck, square):
    before = hypothesis.settings.default, hypothesis.settings.get_current_profile_name()
    gradcheck(square, examples=4)
    assert (hypothesis.settings.default, hypothesis.settings.get_current_profile_name()) == before


def test_the_random_state_of_numpy_stays(gradcheck, square):
    np.random.seed(3)  # noqa: NPY002 - it is the state of a project that uses it
    drawn = np.random.random(3)  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    gradcheck(square, examples=4)
    assert np.array_equal(np.random.random(3), drawn)  # noqa: NPY002


def test_the_settings_of_jax_stay(gradcheck, square):
    before = dict(jax.config.values)
    gradcheck(square, examples=4)
    assert dict(jax.config.values) == before
    assert jax.numpy.ones(1).dtype == np.float32


def test_the_filters_of_warnings_and_those_of_numpy_stay(gradcheck, square):
    before = list(warnings.filters), np.geterr()
    gradcheck(square, examples=4)
    assert (list(warnings.filters), np.geterr()) == before


def test_the_folder_and_the_path_of_modules_stay(gradcheck, square):
    before = os.getcwd(), list(sys.path)
    gradcheck(square, examples=4)
    assert (os.getcwd(), sys.path) == before
