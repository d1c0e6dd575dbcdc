"""The content of the page of a run."""

from pathlib import Path

from gradcheck.report.context import ReportContext
from gradcheck.report.html.run_page import build_run_page, count_results
from tests.report import example_runs
from tests.report.html.example_pages import COMPARISON, make_full_run


def build(*results, comparison=None):
    """The page of a run with these results, or of one that has something of everything."""
    return build_run_page(make_full_run(*results), ReportContext(comparison, folder=Path("failing")))


def test_the_figures_count_the_ops_by_status():
    figures = [f"{one.number} {one.words}" for one in count_results(make_full_run())]
    assert figures == [
        *("7 ops", "3 failing", "2 in doubt", "1 holding, with a warning", "1 holding", "56 cases"),
        "87 % of 8 lines reached",
    ]


def test_what_was_not_checked_stands_in_its_own_part_and_not_in_the_answer():
    page = build(example_runs.BLIND)
    assert page.answer.startswith(
        "1 op checked on 8 cases: none fails; inconclusive: relu (gradient). The run is incomp"
    )
    assert "not checked" not in page.answer
    assert page.unexamined[1:] == (
        "cosine: the run was interrupted",
        "relu: gradient inconclusive: nothing was examined",
    )
    assert page.figures[-1].number == "3"


def test_a_run_in_which_all_was_examined_says_nothing_of_it():
    run = example_runs.make_run(example_runs.GOOD)
    page = build_run_page(run, ReportContext())
    assert page.unexamined == ()
    assert page.compared is None
    assert page.basis == "seed 0, 8 cases"


def test_changes_since_the_baseline_are_listed_the_worst_first():
    page = build(comparison=COMPARISON)
    assert [row.change for row in page.compared.changes] == ["regressed", "lost", "new"]
    assert [row.tone for row in page.compared.changes] == ["wrong", "wrong", "open"]
    assert "the baseline was measured with numpy 2.1, now 2.3" in page.compared.notes
    assert "Beside the baseline: 1 regressed" in page.answer


def test_silent_witnesses_are_told_for_all_ops_together():
    notes = build(example_runs.WRONG, example_runs.EXPLAINED_RESULT).notes
    assert notes == (
        "no witness measured an error of the gradient: affine",
        "only autodiff and differences spoke of the gradient: affine",
    )
