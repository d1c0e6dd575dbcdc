"""Lists of what there is: ops, their exceptions and aliases, and the laws."""

from dataclasses import replace

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws.registry import load_laws
from gradcheck.report.listing import (
    describe_input_shapes,
    describe_laws,
    tabulate_called_ops,
    tabulate_exceptions,
    tabulate_ops,
)
from gradcheck.report.screen import Screen
from gradcheck.report.text import LINE_WIDTH, render_text_table

OP = Op("f", len, len, inputs={"x": Array("N D"), "xs": Several(Array("*A"))}, formula="y = x", family="linear")


def test_every_op_has_a_row_with_its_inputs():
    table = tabulate_ops(load_library_ops())
    assert table.headings == ("name", "family", "formula", "inputs", "source", "kinks")
    assert [row[0] for row in table.rows] == [op.name for op in load_library_ops()]
    assert tabulate_ops([OP]).rows == (("f", "linear", "y = x", "x (N D), several xs (*A)", "", "–"),)


def test_on_paper_an_op_is_one_line_with_its_full_texts():
    lines = render_text_table(tabulate_ops(load_library_ops())).splitlines()
    assert len(lines) == len(load_library_ops()) + 2
    for op, line in zip(load_library_ops(), lines[2:], strict=True):
        assert all(text in line for text in (op.name, op.summary, describe_input_shapes(op), op.source))


def test_on_a_screen_the_table_is_as_wide_as_it_and_names_stay_whole():
    ops = load_library_ops()
    for width in (70, 80, 100, 140, 200, 1000):
        heading, _, *lines = render_text_table(tabulate_ops(ops), Screen(width)).splitlines()
        assert max(map(len, lines)) <= width
        assert heading.split()[:4] == ["name", "family", "formula", "inputs"]
        assert [line.split()[0] for line in lines[: len(ops)]] == [op.name for op in ops]


def test_source_and_kinks_are_shown_where_there_is_room_alone():
    wide = render_text_table(tabulate_ops([replace(OP, source="a book")]), Screen(100))
    narrow = render_text_table(tabulate_ops([replace(OP, source="a book")]), Screen(70))
    assert "a book" in wide
    assert narrow.endswith("(left out, for 70 columns: source)")
    assert "x (N D), several xs (*A)" in narrow


def test_inputs_are_told_as_they_are_declared():
    assert describe_input_shapes(OP) == "x (N D), several xs (*A)"


def test_the_library_departs_from_no_law():
    assert not any(op.exceptions for op in load_library_ops())
    assert tabulate_exceptions(load_library_ops()).rows == ()


def test_exceptions_are_listed_with_their_reasons():
    departing = replace(OP, exceptions={"linearity": "a straight-through estimator"})
    assert tabulate_exceptions([OP, departing]).rows == (("f", "linearity", "a straight-through estimator"),)


def test_ops_of_one_alias_are_listed_with_who_calls_them_so():
    product = replace(OP, name="product", aliases={"Caffe": "Eltwise", "Keras": "Multiply eltwise"})
    table = tabulate_called_ops([OP, replace(OP, name="sum", aliases={"Caffe": "Eltwise"}), product], "eltwise")
    assert [(row[0], row[2]) for row in table.rows] == [("sum", "Caffe"), ("product", "Caffe, Keras")]
    assert tabulate_called_ops([product], "Elt").rows == ()


def test_every_law_is_described_in_lines_that_fit():
    told = describe_laws()
    for law in load_laws().values():
        assert f"{law.name}\n  " in told
        assert law.rationale.split()[-1] in told
    assert max(map(len, told.split("\n"))) <= LINE_WIDTH
