"""The report on golden vectors: the answer first, a table of digits, problems before notes."""

from dataclasses import replace

from gradcheck.checking.vector_agreement import Agreement, VectorComparison
from gradcheck.report.markdown import render_markdown_lines
from gradcheck.report.text import render_brief_lines, render_text_lines
from gradcheck.report.vectors import VectorCheck, build_vector_report

AGREEMENTS = (Agreement("y", 15.65, 15.0), Agreement("gradient of x", 15.2, None, 2))
SIN = VectorCheck(VectorComparison("sin", 11, AGREEMENTS, (), ()))
EXP = VectorCheck(VectorComparison("exp", 11, (Agreement("y", None, -0.2, 1),), (), ()))
STALE = replace(SIN, stored="case 1, expected, y, value 2: 1 in the file, 2 made anew")
WRONG = VectorCheck(VectorComparison("exp", 11, (), ("exp: output y is 1, expected 2",), ("one is alone",)))


def answer(*checks, others=(), left=0):
    """The first line of a report."""
    return build_vector_report(checks, others, left).answer


def test_the_answer_where_all_agree():
    assert answer(SIN) == "1 op, 11 golden vectors: all agree."
    assert answer(SIN, EXP) == "2 ops, 22 golden vectors: all agree."


def test_the_answer_names_what_does_not_agree():
    assert answer(STALE, EXP) == "2 ops, 22 golden vectors: sin does not agree."
    assert answer(STALE, WRONG) == "2 ops, 22 golden vectors: sin, exp do not agree."
    assert answer(STALE, others=("README",)) == "1 op, 11 golden vectors: sin, other files do not agree."
    assert answer(SIN, others=("README",)) == "1 op, 11 golden vectors: other files do not agree."


def test_the_answer_stays_short():
    assert answer(*[STALE] * 20).endswith("sin, sin and 12 more do not agree.")


def test_the_answer_names_what_was_written():
    assert answer(replace(SIN, written=True), EXP) == "2 ops, 22 golden vectors: all agree. Written: sin."


def test_the_answer_says_what_an_interrupt_left():
    assert answer(SIN, left=2) == "1 op, 11 golden vectors: all agree. The run is incomplete: 2 ops were not compared."
    assert answer(left=1) == "No op was compared. The run is incomplete: 1 op was not compared."


def test_digits_stand_by_op_and_part():
    table = build_vector_report([SIN, EXP]).table
    assert table.headings == ("op", "of", "library", "JAX", "JAX not finite")
    assert table.rows == (
        ("sin", "y", "15.7", "15.0", "–"),
        ("sin", "gradient of x", "15.2", "–", "2"),
        ("exp", "y", "–", "0.2", "1"),
    )


def test_problems_stand_in_the_order_of_the_ops_before_the_notes():
    text = "\n".join(render_text_lines(build_vector_report([STALE, WRONG], ["README.md: the table"])))
    lines = ("op   ", "Failures\n", "sin: case 1,", "exp: output y", "README.md: the table", "Notes\n")
    places = [text.index(f"\n{words}") for words in lines]
    assert places == sorted(places)


def test_what_is_stored_otherwise_is_told_with_the_command_that_stores_it():
    (told,) = (note for note in build_vector_report([STALE, EXP]).notes if "--write" in note)
    assert told.startswith("`gradcheck vectors --write --op sin` stores what is made anew")
    (told,) = (note for note in build_vector_report([STALE] * 20).notes if "--write" in note)
    assert told.startswith("`gradcheck vectors --write` stores what is made anew")
    assert not any("--write" in note for note in build_vector_report([SIN, WRONG]).notes)


def test_notes_say_what_digits_are_what_has_no_vectors_and_what_is_settled():
    none = VectorCheck(VectorComparison("abs", 0, (), (), ()), infeasible="why")
    digits, *others = build_vector_report([none, WRONG]).notes
    assert digits.startswith("digits: decimal digits that agree in the worst case")
    assert others == ["abs: no vectors: why", "exp: one is alone"]


def test_a_brief_text_is_the_answer_and_the_problems():
    report = build_vector_report([STALE, WRONG], ["README.md: the table"])
    assert list(render_brief_lines(report)) == [
        "2 ops, 22 golden vectors: sin, exp, other files do not agree.",
        "sin: case 1, expected, y, value 2: 1 in the file, 2 made anew",
        "exp: output y is 1, expected 2",
        "README.md: the table",
    ]


def test_it_is_rendered_in_markdown():
    page = "\n".join(render_markdown_lines(build_vector_report([STALE])))
    assert page.startswith("# gradcheck\n\n**1 op, 11 golden vectors: sin does not agree.**\n\n| op ")
    assert page.index("## Failures") < page.index("## Notes")
