"""A report as JSON lines: the run first, then each op, one line each."""

import json

from gradcheck.records.results import SCHEMA, Run
from gradcheck.report.context import ReportContext
from gradcheck.report.json_lines import JSON_LINES
from tests.report.example_runs import CRASHED, GOOD, HOSTILE, WRONG, make_result, make_run


def read_lines(run, folder):
    """The lines of a run, decoded."""
    return [json.loads(line) for line in JSON_LINES.render(run, ReportContext(folder=folder)).splitlines()]


def test_the_lines_hold_all_that_the_run_holds(tmp_path):
    run = make_run(GOOD, WRONG, CRASHED)
    head, *ops = read_lines(run, tmp_path)
    assert (head.pop("record"), head["schema"]) == ("run", SCHEMA)
    assert [op.pop("record") for op in ops] == ["op"] * 3
    assert Run.from_json(json.dumps({**head, "results": ops})).to_json() == run.to_json()


def test_no_name_breaks_a_line(tmp_path):
    _, op = read_lines(make_run(make_result(f"a\u2028\r{HOSTILE}")), tmp_path)
    assert op["op"] == f"a\u2028\r{HOSTILE}"
    assert JSON_LINES.render(make_run(make_result(HOSTILE)), ReportContext(folder=tmp_path)).isascii()
