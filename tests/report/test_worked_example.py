"""The worked example: a small case, with the gradients for an upstream of ones."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.discovery.library import load_library_graphs, load_library_ops
from gradcheck.evaluation.evaluator import UserError
from gradcheck.report.worked_example import format_example_value, make_small_case, tabulate_example, tabulate_graph

OPS = {op.name: op for op in load_library_ops()}


def forward(x, by=1):
    return by * x, by


SCALED = Op("scaled", forward, lambda dy, by: by * dy, inputs={"x": Array("N D")}, settings={"by": whole(2, 3)})


def test_a_small_case_has_axes_of_length_two():
    assert make_small_case(SCALED).point[0].shape == (2, 2)


def test_a_declared_example_is_taken_with_the_simplest_settings():
    case = make_small_case(replace(SCALED, example={"x": [[1, 2]]}))
    assert case.point[0].tolist() == [[1.0, 2.0]]
    assert case.point[0].dtype == np.float64
    assert case.settings == {"by": 2}


def test_labels_of_an_example_stay_whole_numbers():
    inputs = {"x": Array("N"), "i": Array("M", indices("N"))}
    op = Op("pick", lambda x, i: (x[i], None), lambda dy, cache: (dy, None), inputs=inputs)
    case = make_small_case(replace(op, example={"x": [1, 2], "i": [0, 1]}))
    assert case.point[1].dtype.kind == "i"


def test_where_forward_refuses_a_small_case_one_that_was_tried_is_taken():
    def refusing(x):
        if x.shape[0] < 3:
            raise ValueError("too short")
        return x, None

    op = Op("refusing", refusing, lambda dy, cache: dy, inputs={"x": Array("N")})
    assert not make_small_case(op).upstream
    assert make_small_case(op.with_origin(refuses_shapes=True)).point[0].shape == (3,)


def test_inputs_settings_and_outputs_are_rows():
    table = tabulate_example(SCALED, make_small_case(replace(SCALED, example={"x": [[1, 2]]})))
    assert table.headings == ("name", "value", "gradient")
    assert table.rows == (("x", "[[1., 2.]]", "[[2., 2.]]"), ("by", "2", ""), ("y", "[[2., 4.]]", "[[1., 1.]]"))


def test_a_graph_has_a_row_for_each_node():
    graph = load_library_graphs()["neuron"]
    assert [row[0] for row in tabulate_graph(graph).rows] == [*graph.inputs, *graph.nodes]


def test_what_the_code_raises_is_an_error_of_the_user():
    broken = replace(SCALED, backward=lambda dy, by: 1 / 0)
    with pytest.raises(UserError, match="backward raised ZeroDivisionError"):
        tabulate_example(broken, make_small_case(broken))


def test_long_arrays_are_told_by_their_shape_and_none_by_a_dash():
    assert format_example_value(np.zeros((4, 9))) == "array of shape (4, 9)"
    assert format_example_value(None) == "–"
