"""Lists of what there is: the ops of the library, their exceptions, and the laws."""

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws.registry import load_laws
from gradcheck.report.listing import describe_input_shapes, describe_laws, tabulate_exceptions, tabulate_library
from gradcheck.report.text import LINE_WIDTH


def test_every_op_of_the_library_has_a_row_with_its_inputs():
    heading, _, *rows = tabulate_library().split("\n")
    assert heading.split() == ["name", "family", "formula", "inputs", "source", "kinks"]
    assert [row.split()[0] for row in rows] == [op.name for op in load_library_ops()]


def test_inputs_are_told_as_they_are_declared():
    op = Op("f", len, len, inputs={"x": Array("N D"), "xs": Several(Array("*A"))})
    assert describe_input_shapes(op) == "x (N D), several xs (*A)"


def test_the_library_departs_from_no_law_and_that_is_said():
    assert not any(op.exceptions for op in load_library_ops())
    assert tabulate_exceptions() == "no exceptions"


def test_every_law_is_described_in_lines_that_fit():
    told = describe_laws()
    for law in load_laws().values():
        assert f"{law.name}\n  " in told
        assert law.rationale.split()[-1] in told
    assert max(map(len, told.split("\n"))) <= LINE_WIDTH
