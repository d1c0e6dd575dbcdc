"""Values go through trees and back; what cannot be sent says so, and a tree that is none is refused."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from gradcheck.audit.agent.trees import (
    BadOutput,
    HeldObject,
    clip_text,
    freeze_key,
    get_type_name,
    read_tree,
    write_tree,
)

Pair = namedtuple("Pair", "x y")


def write(value):
    return write_tree(value, lambda held: 7)


@pytest.mark.parametrize(
    "value", [None, "text", 1.5, 2, True, 1j, (1, [2.0, "a"]), {"dx": (1, 2), 3: None, ("W", 1): 4.0}, [], float("inf")]
)
def test_plain_values_come_back(value):
    assert read_tree(write(value)) == value
    assert type(read_tree(write(value))) is type(value)


@pytest.mark.parametrize("array", [np.arange(6.0).reshape(2, 3), np.zeros((0, 3)), np.array([1 + 2j]), np.array(3.0)])
def test_arrays_come_back_with_memory_of_their_own(array):
    back = read_tree(write(array))
    assert (back.dtype, back.tolist()) == (array.dtype, array.tolist())
    assert not np.may_share_memory(back, array)


def test_containers_that_are_derived_come_back_as_what_they_are_derived_from():
    assert read_tree(write(Pair(1, 2))) == (1, 2)
    assert read_tree(write(OrderedDict(a=1))) == {"a": 1}


def test_other_objects_are_held():
    node = write((np.ones(1), len))
    assert node["items"][1] == {"kind": "held", "token": 7, "type": "builtin_function_or_method"}
    assert read_tree(node)[1] == HeldObject(7)


def test_what_cannot_be_sent_is_bad_where_it_stands():
    first, second = read_tree(write((np.ones(1), np.array([None]))))
    assert (first.tolist(), type(second)) == ([1.0], BadOutput)
    assert second.words == "an array of shape (1,) that holds objects, not numbers"


def test_a_structure_without_end_is_bad():
    loop = []
    loop.append(loop)
    assert "more than 5000 values or 8 levels" in repr(read_tree(write(loop)))
    assert len(write([0.0] * 100_000)["items"]) <= 5001


@pytest.mark.parametrize(
    "node",
    [
        None,
        [],
        {},
        {"kind": "array", "array": [1]},
        {"kind": "tuple", "items": 3},
        {"kind": "held", "token": "1"},
        {"kind": "x"},
    ],
)
def test_what_is_no_tree_is_refused(node):
    with pytest.raises(ValueError, match="no tree"):
        read_tree(node)


def test_text_is_cut_and_can_be_encoded():
    assert clip_text("\ud800" + "x" * 2000) == "?" + "x" * 999


def test_keys_of_dictionaries_are_plain():
    assert freeze_key((np.array(3), ["a", {}])) == (3, ("a", "{}"))


def test_a_type_has_its_name_whatever_its_class_says():
    class Evil:
        __class__ = property(lambda self: 1 / 0)

    assert get_type_name(Evil()) == "Evil"
