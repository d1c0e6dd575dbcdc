"""What the adapters to other libraries share."""

import collections

import numpy as np
import pytest

from gradcheck.adapters.conversion import (
    collect_arrays,
    convert_arrays,
    holds_numbers,
    is_subclass_by_name,
    make_identifier,
    make_shareable,
    require_library,
)
from gradcheck.adapters.parameters import AdapterError

X = np.arange(6.0).reshape(2, 3)


class Derived(collections.OrderedDict):
    """A class of this module's."""


def test_a_class_is_told_by_the_name_of_one_that_it_is_derived_from():
    assert is_subclass_by_name(Derived, "collections", "OrderedDict")
    assert is_subclass_by_name(Derived, __name__.partition(".")[0], "Derived")
    assert not is_subclass_by_name(Derived, "coll", "OrderedDict")
    assert not is_subclass_by_name(Derived, "collections", "Derived")


def test_a_library_that_is_missing_is_named_with_what_to_install():
    require_library("array_api", "numpy")
    with pytest.raises(AdapterError, match=r"adapter='torch' wants nolib, which is not installed: pip install nolib"):
        require_library("torch", "nolib")


@pytest.mark.parametrize(
    ("value", "held"), [(X, True), (np.float64(2), True), ((X, X), True), ((), False), ((X, "a"), False), (3, False)]
)
def test_arrays_and_tuples_of_them_hold_numbers(value, held):
    assert holds_numbers(value) is held


def test_the_arrays_among_arguments_are_listed_and_converted_one_by_one():
    assert [a.shape for a in collect_arrays([X, "mode", (X, X[0]), 3])] == [(2, 3), (2, 3), (3,)]
    assert convert_arrays((X, X[0]), np.shape) == ((2, 3), (3,))
    assert convert_arrays(X, np.shape) == (2, 3)
    assert convert_arrays("mode", np.shape) == "mode"


def test_memory_is_shared_where_a_tensor_may_stand_on_it():
    assert make_shareable(X) is X
    frozen = X.copy()
    frozen.flags.writeable = False
    for array in (frozen, X[:, ::-1], X[::-1]):
        shared = make_shareable(array)
        assert shared.flags.writeable
        assert min(shared.strides) >= 0
        assert np.array_equal(shared, array)
        assert not np.shares_memory(shared, array)


@pytest.mark.parametrize(
    ("label", "others", "name"), [("0.weight", [], "_0_weight"), ("W", ["W", "W_"], "W__"), ("net.b", [], "net_b")]
)
def test_a_label_becomes_a_variable_unlike_the_others(label, others, name):
    assert make_identifier(label, others) == name
    assert name.isidentifier()
