"""A cache is watched however it is nested: what forward put there stays, and objects may lead a life of their own."""

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.evaluation.cache_snapshot import is_unchanged, list_cached_arrays, snapshot_cache, snapshot_sparingly

X = np.array([1.0, 2.0])


class Layer:
    """An object with methods, as people write layers and nodes of graphs; its class is no part of a cache."""

    table = np.zeros(3)

    def __init__(self, **attributes):
        vars(self).update(attributes)

    def method(self):
        """A way back to the object."""


@dataclass(frozen=True)
class Kept:
    x: object

    @cached_property
    def doubled(self):
        return 2 * self.x


def cyclic():
    node = Layer(x=X.copy(), parents=[])
    node.me = node
    node.parents.append({"child": node})
    return node


def with_code():
    return Layer(x=X.copy(), xp=np, back=Layer.method, bound=Layer().method, kind=Layer, call=cyclic)


@pytest.mark.parametrize(
    ("tree", "count"),
    [
        (X, 1),
        ((X, [X + 1, {"a": (X,)}]), 3),
        ({"x": X, "t": 3, "mode": "same", "none": None}, 1),
        (cyclic(), 1),
        (with_code(), 1),
        ((np, Layer, cyclic), 0),
    ],
    ids=["an array", "nested", "a dictionary", "a cycle", "code", "nothing but code"],
)
def test_the_arrays_of_a_cache_are_found_wherever_they_are(tree, count):
    assert len(list_cached_arrays(tree)) == count


def test_a_deep_cache_is_no_deep_recursion():
    tree = (X,)
    for _ in range(5000):
        tree = (tree,)
    assert list_cached_arrays(tree)[0] is X


def changed(make, change):
    """Whether a change of a cache is seen; untouched, it is what it was."""
    cache = make()
    before = snapshot_cache(cache)
    assert is_unchanged(before, cache)
    change(cache)
    return not is_unchanged(before, cache)


def plain():
    """All that forward may put into a dictionary."""
    given = {"x": X.copy(), "t": 1, "rate": math.nan, "mode": "same", "none": None, "list": [1, [2]], "set": {1, 2}}
    ragged = np.array([X.copy(), np.zeros(3)], dtype=object)
    keyed = {Layer(): 1, ("W", 0): 2}
    others = {"ragged": ragged, "keyed": keyed, "space": SimpleNamespace(t=1), "frozen": Kept({"t": 1})}
    return given | others | {"function": cyclic, "numpy": np}


def put(cache, key, value):
    cache[key] = value


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["x"].__iadd__(1),
        lambda c: put(c, "x", c["x"] + 1),
        lambda c: put(c, "x", None),
        lambda c: put(c, "t", c["t"] + 1),
        lambda c: put(c, "rate", 1.0),
        lambda c: put(c, "mode", "valid"),
        lambda c: put(c, "none", X),
        lambda c: put(c, "new", 1),
        lambda c: c.pop("mode"),
        lambda c: c["list"].append(3),
        lambda c: c["list"][1].pop(),
        lambda c: c["set"].add(3),
        lambda c: c["ragged"][1].__iadd__(1),
        lambda c: put(c["keyed"], ("W", 0), 3),
        lambda c: vars(c["space"]).update(t=2),
        lambda c: put(c["frozen"].x, "t", 2),
        lambda c: put(c, "function", 3),
    ],
)
def test_a_change_of_what_forward_put_there_is_seen(change):
    assert changed(plain, change)


def test_the_same_value_again_is_no_change():
    assert not changed(plain, lambda c: c.update(t=1.0, rate=float("nan"), x=X.copy(), none=None))


def test_what_a_frozen_dataclass_computes_once_is_no_change():
    assert not changed(lambda: Kept(X.copy()), lambda kept: kept.doubled)


def layer():
    """A layer between forward and backward."""
    return Layer(x=X.copy(), calls=0, dw=None, db=np.zeros(2), grads={}, mode="train", history=[])


def stored(one):
    one.dw, one.dx, one.grads["w"] = X + 1, X + 2, X + 3
    one.db += X


@pytest.mark.parametrize(
    "change",
    [
        lambda one: vars(one).update(calls=1, mode="spent"),
        lambda one: one.history.append("backward"),
        lambda one: vars(one).update(x=None),
        lambda one: vars(one).pop("x"),
        stored,
    ],
    ids=["counts", "keeps a history", "lets go", "forgets", "stores gradients"],
)
def test_an_object_has_a_life_of_its_own(change):
    assert not changed(layer, change)
    assert not changed(lambda: (X.copy(), layer()), lambda cache: change(cache[1]))


@pytest.mark.parametrize(
    "change", [lambda one: one.x.__imul__(2), lambda one: vars(one).update(x=2 * one.x)], ids=["in place", "another"]
)
def test_but_an_array_that_forward_left_in_it_stays(change):
    assert changed(layer, change)
    assert changed(lambda: {"layer": layer()}, lambda cache: change(cache["layer"]))


def test_what_is_also_in_a_dictionary_of_forwards_is_watched_there():
    def make():
        counters = {"t": 0}
        return Layer(counters=counters), counters

    assert changed(make, lambda cache: put(cache[1], "t", 1))


def test_a_cycle_is_watched():
    assert not changed(cyclic, lambda node: vars(node).update(calls=1))
    assert changed(cyclic, lambda node: node.x.__imul__(2))


def test_code_in_a_cache_is_not_copied():
    cache = with_code()
    before = snapshot_cache(cache)
    assert (before.xp, before.bound) == (np, cache.bound)
    assert before.x is not cache.x


def test_what_cannot_be_copied_raises():
    with pytest.raises(TypeError, match="generator"):
        snapshot_cache({"x": X, "rows": (row for row in X)})


def test_a_missing_key_that_is_looked_up_is_a_change():
    assert changed(lambda: defaultdict(list), lambda cache: cache["x"])


def test_a_sparing_snapshot_holds_no_array_and_sees_what_is_written_to_one():
    x = np.arange(6.0)
    cache = {"x": x, "view": x[::2], "whole": np.arange(3), "name": "x"}
    before = snapshot_sparingly(cache)
    assert before.cache["x"] is x
    assert before.is_unchanged(cache)
    x[4] += 1
    assert not before.is_unchanged(cache)
    x[4] -= 1
    assert before.is_unchanged(cache)


def test_a_sparing_snapshot_sees_what_is_replaced():
    cache = [X.copy(), {"n": 1}]
    before = snapshot_sparingly(cache)
    cache[0] = X.copy()
    assert before.is_unchanged(cache)
    cache[0] = X + 1
    assert not before.is_unchanged(cache)
    cache[0], cache[1]["n"] = X, 2
    assert not before.is_unchanged(cache)
