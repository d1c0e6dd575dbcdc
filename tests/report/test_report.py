"""A run in every format: each leaves nothing out."""

from dataclasses import replace

import pytest

from gradcheck.report import render_run
from gradcheck.report.context import ReportContext
from tests.report.example_runs import APART, GOOD, ROWS, WRONG, make_run


def test_json_is_the_run_itself():
    assert render_run(make_run(WRONG), "json") == make_run(WRONG).to_json()


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_regressions_are_told_with_both_figures(form):
    told = render_run(make_run(GOOD), form, ReportContext(ROWS))
    assert "it holds. Beside the baseline: 1 regressed." in told
    after = told.split("Regressions\n")[1].split("Beside the baseline\n")[0]
    assert "x, autodiff" in after
    assert "1.0e-16" in after
    assert "1.0e-03" in after
    assert "differences" not in after


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_lost_witness_is_told_with_the_regressions_and_a_new_one_in_a_note(form):
    told = render_run(make_run(GOOD), form, ReportContext(APART))
    assert "it holds. Beside the baseline: 1 regressed." in told
    lost = next(line for line in told.splitlines() if "y, autodiff" in line)
    assert lost.replace("|", " ").split()[-3:] == ["1.0e-09", "–", "lost"]
    assert "sin: measured now, and not in the baseline: z, autodiff" in told


def test_a_saved_run_knows_where_its_ops_are():
    assert 'load("a.py", "affine")' in render_run(make_run(replace(WRONG, target="a.py")), "text")
    assert 'load("", "affine")' in render_run(make_run(WRONG), "text")
