"""Which shapes a forward accepts, what is no refusal, and what to declare."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.generation.shape_relations import describe_opposites
from gradcheck.generation.shape_trials import catch_error_of_shapes, declare_relations, find_refusals, is_refusal
from gradcheck.records.case import Case


def out_of_bounds():
    np.zeros(2)[5]


def bad_shape():
    np.zeros(2).reshape(3)


def own_statement():
    raise KeyError("refused")


def op_that_raises(raise_it, is_refused, shapes=("N D",), **parts):
    """An op whose forward raises where is_refused says so of its inputs."""

    def forward(*inputs):
        if is_refused(*inputs):
            raise_it()
        return sum(map(np.sum, inputs)), inputs

    inputs = {name: Array(shape) for name, shape in zip("xw", shapes, strict=False)}
    return Op("choosy", forward, lambda dy, inputs: [dy * np.ones(a.shape) for a in inputs], inputs=inputs, **parts)


def judge(op):
    """Where forward raises, and whether that is a refusal."""
    refusals = find_refusals(op)
    return describe_opposites(refusals.relations), [is_refusal(op, r, refusals.select(r)) for r in refusals.relations]


TWO_INPUTS = ("N D", "L M")


@pytest.mark.parametrize(
    ("op", "verdict"),
    [
        (op_that_raises(bad_shape, lambda x, w: len(x) < len(w), TWO_INPUTS), ("N < L", [True])),
        (op_that_raises(out_of_bounds, lambda x, w: len(x) < len(w), TWO_INPUTS), ("N < L", [False])),
        (op_that_raises(bad_shape, lambda x, w: len(x) != len(w), TWO_INPUTS), ("N != L", [False])),
        (op_that_raises(bad_shape, lambda x: len(x) % 3), ("N % 3 != 0", [True])),
        (op_that_raises(bad_shape, lambda x: len(x) == 1), ("N < 2", [False])),
        (op_that_raises(own_statement, lambda x: len(x) == 1), ("N < 2", [True])),
        (op_that_raises(bad_shape, lambda x: x.shape[0] > x.shape[1]), ("D < N", [False])),
        (op_that_raises(bad_shape, lambda x: x.shape[0] != x.shape[1]), ("N != D", [False])),
        (op_that_raises(out_of_bounds, lambda x: x.shape[0] != x.shape[1]), ("N != D", [False])),
    ],
)
def test_a_kernel_that_is_too_long_is_refused_and_a_confused_axis_is_a_mistake(op, verdict):
    assert judge(op) == verdict


def test_statements_of_the_file_of_forward_are_refusals():
    def forward(x):
        assert len(x) == x.shape[1], "square ones alone"
        return x * x, x

    op = Op("square", forward, lambda dy, x: 2 * x * dy, inputs={"x": Array("N D")})
    assert judge(op) == ("N != D", [True])


def test_what_some_values_of_a_shape_raise_is_no_refusal_of_the_shape():
    op = op_that_raises(bad_shape, lambda x: x.min() < 0)
    assert not find_refusals(op).refused
    assert catch_error_of_shapes(op, Case("choosy", {"x": -np.ones((2, 2))}, (), {}, 0)) is None


def test_a_shape_that_fits_by_broadcasting_alone_does_not_hide_the_relation():
    def forward(x, p):
        return x + p[: x.shape[1]], None

    op = Op("add", forward, lambda dy, cache: (dy, dy), inputs={"x": Array("N T D"), "p": Array("L D")})
    assert judge(op) == ("L < T", [True])


def declare(op):
    """What is to be written so that forward raises no more; None where nothing helps."""
    narrower = declare_relations(op, find_refusals(op).relations)
    return narrower and narrower.words


def test_a_declaration_is_written_as_the_op_was_declared_and_only_where_it_helps():
    op = op_that_raises(bad_shape, lambda x, w: len(x) < len(w), TWO_INPUTS)
    assert declare(op) == "sizes={'N': whole('L', None)}"
    assert declare(op.with_origin(is_adapted=True)) == 'x: "N+L-1 D"'
    assert declare(op_that_raises(bad_shape, lambda x: len(x) % 3)) == 'x: "3*N D"'
    bounded = op_that_raises(bad_shape, lambda x: len(x) % 3, sizes={"N": whole(1, 3)})
    assert declare(bounded) is None


def test_a_padding_that_may_be_longer_than_the_kernel_is_a_bound_of_a_size():
    def forward(x, w, pad):
        return np.ones((len(x) + 2 * pad - len(w) + 1,)), None

    inputs = {"x": Array("H"), "w": Array("K")}
    op = Op("pad", forward, lambda dy, cache: (dy, dy), inputs=inputs, settings={"pad": whole(0, 2)})
    (relation,) = find_refusals(op).relations
    assert is_refusal(op, relation, find_refusals(op).select(relation))
    assert declare(op.with_origin(is_adapted=True)) == f"sizes={{'H': whole('{relation.right}', None)}}"


def test_an_axis_is_replaced_wherever_it_stands():
    def forward(x, w):
        return np.ones((len(x), len(w))).reshape(-1, 2), None

    op = Op("pairs", forward, lambda dy, cache: (dy, dy), inputs={"x": Array("N"), "w": Array("2*N+1 N")})
    narrower = declare_relations(op.with_origin(is_adapted=True), find_refusals(op).relations)
    assert narrower.words == 'x: "2*N", w: "2*(2*N)+1 2*N"'
