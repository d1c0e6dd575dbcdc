"""What a report says, without markup: rows, blocks and notes."""

from dataclasses import replace

from gradcheck.checking.baseline import Comparison, ErrorComparison
from gradcheck.checking.regression_rule import RegressionRule, RegressionRules
from gradcheck.records.evidence import ErrorKey
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


def test_an_error_of_one_run_alone_has_one_figure():
    assert content.tabulate_changes(APART.rows[-1:]).rows == (("sin", "z, autodiff", "–", "1.0e-09", "new"),)


CHANGED = replace(
    APART,
    missing=("cos",),
    new=("tan",),
    incomparable={"exp": "exp was measured on different cases"},
    failing=("log",),
    allowed={"new": "allowed"},
    environment=("numpy 2.1.0, now 2.3.1",),
    rules=RegressionRules(RegressionRule(3, 1e-12), {"no_op": RegressionRule(5)}),
)


def test_what_became_of_the_ops_is_counted_and_said_in_the_same_words_op_by_op():
    assert compose_comparison_answer(CHANGED) == (
        "Beside the baseline: 1 failing, 1 not comparable, 1 regressed, 1 gone, 1 new."
    )
    assert list(content.describe_comparison(CHANGED)) == [
        "failing: log",
        "regressed: sin",
        "gone: cos (in the baseline alone; renew the baseline, or allow it with --allow-missing)",
        "new: tan (not in the baseline; allowed)",
        "not comparable: exp was measured on different cases",
        "the baseline was measured with numpy 2.1.0, now 2.3.1",
        "the rule is another: an error has regressed where it is more than 3 times worse, and above 1e-12",
        "the rule of no_op is of no op that was compared",
        "sin: measured now, and not in the baseline: z, autodiff",
    ]


def test_an_op_that_improved_is_told_with_what_to_do():
    better = Comparison((ErrorComparison("sin", ErrorKey("x", "autodiff"), 1e-3, 1e-16),))
    assert compose_comparison_answer(better) == "Beside the baseline: 1 improved."
    assert list(content.describe_comparison(better)) == ["improved: sin (renew the baseline, lest it grow back unseen)"]


def test_runs_that_cannot_be_compared_say_nothing_else():
    apart = Comparison((), apart="the baseline was made with seed 1", failing=("sin",))
    assert compose_comparison_answer(apart) == "Not comparable with the baseline."
    assert list(content.describe_comparison(apart)) == ["the baseline was made with seed 1"]


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


def test_a_place_in_a_notebook_is_told_by_its_cell():
    assert content.write_place("layers.py", 3) == "layers.py:3"
    assert content.write_place("homework.ipynb, cell 2", 3) == "homework.ipynb, cell 2, line 3"
