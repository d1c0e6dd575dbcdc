"""The code quality report of GitLab: its fields, by the table of GitLab's documentation."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from gradcheck.declaration.origin import NotChecked
from gradcheck.report.ci.gitlab import GITLAB
from gradcheck.report.context import ReportContext
from tests.report.ci.hostile_runs import HOSTILE_COMPARISON, HOSTILE_RUN
from tests.report.example_runs import APART, BLIND, CRASHED, EXPLAINED_RESULT, GOOD, IMPRECISE, WARNED, make_run

SCHEMAS = Path(__file__).parents[2] / "schemas"
VALIDATOR = Draft202012Validator(json.loads((SCHEMAS / "gitlab-code-quality.schema.json").read_text(encoding="utf-8")))
MIXED = make_run(GOOD, EXPLAINED_RESULT, CRASHED, BLIND, IMPRECISE, WARNED, not_checked=(NotChecked("b", "no code"),))


def read_issues(run, folder, comparison=None):
    """The issues of a run."""
    return json.loads(GITLAB.render(run, ReportContext(comparison, folder=folder)))


@pytest.mark.parametrize(
    ("run", "comparison"), [(make_run(GOOD), None), (MIXED, APART), (HOSTILE_RUN, HOSTILE_COMPARISON)]
)
def test_a_report_follows_the_schema(run, comparison, tmp_path):
    issues = read_issues(run, tmp_path, comparison)
    assert [error.message for error in VALIDATOR.iter_errors(issues)] == []
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_an_issue_is_a_finding_at_the_line_of_its_backward(tmp_path):
    (issue,) = read_issues(make_run(EXPLAINED_RESULT), tmp_path)
    assert issue["description"] == (
        "affine: gradient of b is 0.5 at [0], expected 1 ± 1e-13; cause: the expected value divided by N=2"
    )
    assert (issue["check_name"], issue["severity"]) == ("gradcheck/cause/divided-by-length", "critical")
    assert issue["location"] == {"path": "examples/affine.py", "lines": {"begin": 12}}


def test_severities_are_those_of_levels(tmp_path):
    found = [issue["severity"] for issue in read_issues(MIXED, tmp_path)]
    assert found == ["critical", "critical", "minor", "minor", "minor", "info"]


def test_the_report_has_no_byte_order_mark(tmp_path):
    assert GITLAB.render(make_run(GOOD), ReportContext(folder=tmp_path)) == "[]\n"
