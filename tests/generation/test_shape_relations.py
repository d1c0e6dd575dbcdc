"""Which relation separates the shapes that are accepted from those that are refused."""

from itertools import product

import pytest

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.generation.shape_relations import (
    describe_opposites,
    find_shape_relations,
    has_one_shape,
    list_relations,
    list_sizes,
)

CONV = Op(
    "conv",
    lambda x, w, pad, step, mode: (x, None),
    lambda dy, cache: (dy, None),
    inputs={"x": Array("N H"), "w": Array("K K+1")},
    settings={"pad": whole(0, 1), "step": whole(1, 2), "mode": choice("a", "b")},
)


def separate(is_accepted):
    """The relations that are found where some sizes and settings are accepted."""
    names = ("N", "H", "K", "pad", "step")
    rows = [
        dict(zip(names, row, strict=True)) for row in product(range(1, 7), range(1, 6), range(1, 6), (0, 1), (1, 2))
    ]
    accepted = [row for row in rows if is_accepted(row)]
    return find_shape_relations(list_relations(CONV), accepted, [row for row in rows if not is_accepted(row)])


def test_the_sizes_are_the_names_in_axes():
    assert list_sizes(CONV) == ["N", "H", "K"]


@pytest.mark.parametrize(
    ("is_accepted", "words"),
    [
        (lambda n: n["N"] > 1, "N < 2"),
        (lambda n: n["N"] == 3, "N != 3"),
        (lambda n: n["N"] % 2 == 0, "N % 2 != 0"),
        (lambda n: n["H"] >= n["K"], "H < K"),
        (lambda n: n["H"] == n["K"], "H != K"),
        (lambda n: n["H"] % n["K"] == 0, "H % K != 0"),
        (lambda n: n["H"] >= n["K"] - 2 * n["pad"], "H < K-2*pad"),
        (lambda n: n["N"] % n["step"] == 0, "N % step != 0"),
        (lambda n: (n["H"] - n["K"]) % n["step"] == 0, "(H-K) % step != 0"),
        (lambda n: n["H"] >= n["K"] and n["N"] > 1, "N < 2 or H < K"),
        (lambda n: (7 * n["N"] + 5 * n["H"] + n["K"]) % 3, ""),
    ],
)
def test_the_fewest_relations_that_explain_every_refusal_are_found(is_accepted, words):
    assert describe_opposites(separate(is_accepted)) == words


def test_a_relation_says_what_to_write_for_its_axis():
    (relation,) = separate(lambda n: n["H"] >= n["K"])
    assert (str(relation), relation.size, relation.axis) == ("H >= K", "H", "H+K-1")
    assert relation.bound == whole("K", None)


@pytest.mark.parametrize(("shapes", "one"), [(["2 3", "4"], True), (["2 N"], False), ([""], True), (["*S"], False)])
def test_an_op_has_one_shape_where_every_axis_is_a_number(shapes, one):
    inputs = {f"x{i}": Array(shape) for i, shape in enumerate(shapes)}
    assert has_one_shape(Op("f", lambda *a: a, lambda *a: a, inputs=inputs)) is one


def test_an_op_of_several_inputs_has_no_one_shape():
    assert not has_one_shape(Op("f", lambda *a: a, lambda *a: a, inputs={"xs": Several(Array("3"))}))
