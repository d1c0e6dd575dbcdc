"""What a module keeps between calls is found, and a gradient that is wrong for that is told from any other."""

import functools
from collections import defaultdict
from typing import ClassVar

import numpy as np
import pytest

from gradcheck import adapt, choice
from gradcheck.causes.edits.search import find_patches
from gradcheck.causes.explanation import explain_gradient
from gradcheck.causes.module_state import find_module_state, find_state_at_fault
from gradcheck.causes.telling_cases import draw_telling_cases

KERNELS = {}
WEIGHTS = {"first": 1.0}
COUNTS = defaultdict(list)


class Smoother:
    kernels: ClassVar[dict] = {}


@functools.cache
def make_ones(n):
    return np.ones(n)


def make_kernel(n, sigma):
    d = np.arange(n)[:, None] - np.arange(n)
    return np.exp(-np.abs(d) / sigma)


def blur(x, sigma):
    return x @ make_kernel(x.shape[1], sigma), (x.shape[1], sigma)


def blur_back_by_length(dy, cache):
    n, sigma = cache
    if n not in KERNELS:
        KERNELS[n] = make_kernel(n, sigma)
    return dy @ KERNELS[n].T


def blur_back_by_class(dy, cache):
    n, sigma = cache
    return dy @ Smoother.kernels.setdefault(n, make_kernel(n, sigma)).T


def blur_back_twice(dy, cache):
    n, sigma = cache
    if cache not in KERNELS:
        KERNELS[cache] = 2 * make_kernel(n, sigma)
    return dy @ KERNELS[cache].T


def make_blur(backward):
    return adapt(blur, backward, name="blur", x="N T", sigma=choice(0.5, 1.0, 2.0))


def list_wrong(op):
    """Wrong cases, found while state is kept of one after the other."""
    return [case for case in draw_telling_cases(op, 0) if case.is_wrong(0)][:6]


@pytest.fixture(autouse=True)
def _forget():
    for kept in (KERNELS, Smoother.kernels):
        kept.clear()


def test_containers_of_a_module_and_its_classes_are_found_as_they_were_at_first():
    WEIGHTS["second"] = 2.0
    COUNTS["x"].append(1)
    state = find_module_state(next(iter(draw_telling_cases(make_blur(blur_back_by_length), 0))))
    assert {one.name for one in state.containers} == {"KERNELS", "WEIGHTS", "COUNTS", "Smoother.kernels"}
    make_ones(3)
    with state.preserved():
        state.reset()
        assert (WEIGHTS, COUNTS, make_ones.cache_info().currsize) == ({"first": 1.0}, {}, 0)
    assert (WEIGHTS, COUNTS) == ({"first": 1.0, "second": 2.0}, {"x": [1]})


@pytest.mark.slow
@pytest.mark.parametrize("backward", [blur_back_by_length, blur_back_by_class])
def test_a_gradient_that_is_right_in_a_fresh_state_is_told(backward):
    op = make_blur(backward)
    explanation = explain_gradient(op, "x", ())
    assert (explanation.name, explanation.patch) == ("state-kept", None)
    assert "of earlier calls" in explanation.words


@pytest.mark.slow
def test_a_wrong_gradient_of_code_that_keeps_what_it_may_is_another_mistake():
    op = make_blur(blur_back_twice)
    assert find_state_at_fault(list_wrong(op), "x") is None
    assert explain_gradient(op, "x", ()).name != "state-kept"


@pytest.mark.slow
def test_no_edit_is_offered_that_needs_what_earlier_calls_left():
    op = make_blur(blur_back_by_length)
    wrong = list_wrong(op)
    assert find_patches(op, "x", wrong, state=find_state_at_fault(wrong, "x")) == []
