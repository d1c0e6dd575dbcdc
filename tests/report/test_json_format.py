"""A report for programs is the run itself."""

from gradcheck.records.results import Run
from gradcheck.report.context import ReportContext
from gradcheck.report.json_format import JSON
from tests.report.example_runs import CRASHED, GOOD, IMPRECISE, ROWS, WRONG, make_run


def test_what_is_written_is_read_as_the_same_run(tmp_path):
    run = make_run(GOOD, WRONG, CRASHED, IMPRECISE)
    text = JSON.render(run, ReportContext(ROWS, brief=True, folder=tmp_path))
    assert text == run.to_json()
    assert Run.from_json(text).to_json() == text


def test_the_comparison_has_to_be_told_elsewhere():
    assert (JSON.name, JSON.suffix, JSON.shows_comparison) == ("json", ".json", False)
