"""Calls get copies, and tell what was changed."""

import random

import numpy as np
import pytest

from gradcheck.audit.agent.calling import (
    CallArguments,
    fingerprint,
    locate_arrays,
    run_quietly,
    write_result,
)
from gradcheck.audit.agent.trees import HeldObject, read_tree


def test_arrays_in_arguments_are_found_with_their_places():
    x = np.ones(1)
    assert [where for where, _ in locate_arrays([x, {"gamma": x, "more": (1, x)}], "args")] == [
        "args[0]",
        "args[1]['gamma']",
        "args[1]['more'][1]",
    ]


@pytest.mark.parametrize(
    "change", [lambda x: x.fill(2), lambda x: x.resize(3, refcheck=False), lambda x: x.__setitem__(0, -0.0)]
)
def test_a_change_is_seen(change):
    arguments = CallArguments([np.zeros(2), np.full(2, np.nan)], {"b": np.zeros(2)})
    change(arguments.args[0])
    assert arguments.list_changed() == ["args[0]"]


def test_numbers_that_are_not_do_not_change_by_themselves():
    assert fingerprint(np.array([np.nan])) == fingerprint(np.array([np.nan]))


def test_random_numbers_begin_anew_with_a_seed():
    draws = [run_quietly(lambda: (np.random.rand(), random.random()), CallArguments([], {}), None, 3) for _ in range(2)]  # noqa: NPY002
    assert draws[0] == draws[1]


def test_warnings_are_silent(recwarn):
    assert np.isinf(run_quietly(lambda x: 1 / x, CallArguments([np.zeros(1)], {}), None, None)).all()
    assert len(recwarn) == 0


def test_the_cache_is_held_whatever_it_is():
    held = []

    def hold(value):
        held.append(value)
        return len(held)

    x = np.ones(2)
    returned = read_tree(write_result((x, x, (x, x)), "last", hold))
    assert (len(returned), returned[2], len(held)) == (3, HeldObject(1), 1)
    assert read_tree(write_result(x, "last", hold)).tolist() == [1, 1]
    assert read_tree(write_result((x, 1), "", hold))[1] == 1
