"""What a report says, without markup: rows, blocks and notes."""

from dataclasses import replace

from gradcheck.records.patch import Patch
from gradcheck.records.results import Verdict
from gradcheck.records.status import Status
from gradcheck.report import content, render_run
from gradcheck.report.answer import compose_comparison_answer
from tests.report.example_runs import APART, BLIND, CRASH, EXPLAINED, WRONG, make_result, make_run


def test_a_row_tells_the_largest_error_by_witness():
    table = content.build_summary_table(make_run(WRONG))
    assert table.headings == (
        "op", "status", "cases", "shapes", "autodiff", "differences", "complex step", "golden", "tightest",
    )  # fmt: skip
    assert table.rows == (("affine", "failed", "8", "3", "5.0e-01", "2.0e-09", "–", "3.0e-16", "5e+12"),)


def test_a_row_of_an_op_that_no_law_could_judge_gives_no_figures():
    assert content.build_summary_table(make_run(BLIND)).rows == (
        ("relu", "inconclusive", "8", "3", "–", "–", "–", "–"),
    )


def test_notes_tell_reasons_exceptions_and_silent_witnesses():
    excused = Verdict.of_exception("abs", "kinks", "straight-through")
    silent = Verdict("abs", "batching", Status.INAPPLICABLE, reason="no batch axis is declared")
    odd = make_result("abs", excused, silent, notes=("shapes were inferred: x: (N D)",))
    told = render_run(make_run(odd, BLIND, WRONG), "text").split("Notes\n")[1]
    assert told == (
        "  abs: shapes were inferred: x: (N D)\n"
        "  abs: kinks not asked: declared exception: straight-through\n"
        "  relu: gradient inconclusive: nothing was examined\n"
        "  no witness spoke of the gradient: relu\n"
        "  only autodiff and differences spoke of the gradient: affine\n"
    )


def test_one_reason_is_told_once_for_all_its_laws():
    laws = [Verdict("concat", law, Status.INCONCLUSIVE, reason="forward raised") for law in ("purity", "layout")]
    assert "  concat: purity, layout inconclusive: forward raised\n" in render_run(
        make_run(make_result("concat", *laws)), "text"
    )


def test_a_comparison_counts_what_is_in_one_run_alone():
    assert compose_comparison_answer(APART) == (
        "2 errors compared: 1 regressed, none improved; 1 no longer measured; 1 not measured before."
    )
    assert content.tabulate_changes(APART.rows[-1:]).rows == (("sin", "z, autodiff", "–", "1.0e-09", "new"),)


def test_a_finding_without_a_case_has_no_counterexample():
    assert content.build_block(CRASH).code == ""
    assert content.build_block(CRASH).replay == ""


def test_notes_tell_how_many_cases_a_law_examined_and_why_it_left_the_others():
    reason = "the output is not finite; declare positive()?"
    some = Verdict("log", "gradient", Status.PASSED, 20, abstained=80, abstained_reason=reason)
    none = Verdict("log", "value", Status.INCONCLUSIVE, 0, abstained=80, abstained_reason=reason)
    assert list(content.describe_abstentions([some, none])) == [
        f"gradient: 20 of 100 cases examined; in the others {reason}"
    ]


def test_a_gradient_of_no_measurable_error_was_judged():
    zero = Verdict("floor", "gradient", Status.PASSED, 20)
    assert "  no witness measured an error of the gradient: floor\n" in render_run(
        make_run(make_result("floor", zero)), "text"
    )


def test_a_block_holds_the_cause_the_patch_and_the_picture_of_its_finding():
    block = content.build_block(EXPLAINED)
    assert block.cause == EXPLAINED.cause
    assert block.change == content.CodeChange(
        "layers.py:14", "db = dy.mean(axis=0)", "db = dy.sum(axis=0)", "right in 24 cases"
    )
    assert block.picture is EXPLAINED.picture
    assert block.lines[:3] == (
        "hint: Sum over the batch.",
        "more: gradcheck explain divided-by-length",
        "law: gradient",
    )


def test_a_patch_that_moves_a_line_says_where_to():
    patch = Patch("layers.py", 14, "dx = np.zeros(3)", "dx = np.zeros(3)", 9, "before the loop")
    assert content.build_code_change(patch).place == "layers.py:14, moved before the loop"


def test_a_finding_without_a_known_cause_names_no_page():
    block = content.build_block(replace(EXPLAINED, cause_name="", patch=None, picture=None))
    assert (block.change, block.picture) == (None, None)
    assert not any(line.startswith("more: ") for line in block.lines)
