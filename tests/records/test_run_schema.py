"""The JSON Schema of a run: what is saved follows it, what is spoiled does not, and the published file is it."""

import json
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import gradcheck
from gradcheck import Array, Op, adapt, check
from gradcheck.declaration.origin import NotChecked
from gradcheck.records.demonstration import PLAIN_CALL
from gradcheck.records.results import SCHEMA, Run
from gradcheck.records.run_schema import OWN_DEFINITIONS, describe_hint, make_run_schema, render_run_schema
from gradcheck.report.context import ReportContext
from gradcheck.report.json_lines import JSON_LINES
from tests.report.example_runs import (
    BLIND,
    CASE,
    CRASHED,
    EXPLAINED_RESULT,
    GOOD,
    IMPRECISE,
    WARNED,
    WRONG,
    make_result,
    make_run,
)

ROOT = Path(gradcheck.__file__).parents[1]
SCHEMA_OF_RUNS = make_run_schema()
VALIDATOR = Draft202012Validator(SCHEMA_OF_RUNS)
LINES = Draft202012Validator({**SCHEMA_OF_RUNS["$defs"]["Line"], "$defs": SCHEMA_OF_RUNS["$defs"]})

EXAMPLES = make_run(
    GOOD,
    WRONG,
    CRASHED,
    BLIND,
    IMPRECISE,
    WARNED,
    EXPLAINED_RESULT,
    make_result("empty"),
    not_checked=(NotChecked("svm_loss", "no backward"),),
    unexamined=("late",),
    complete=False,
    environment={"numpy": "2.1.0"},
)


def list_errors(data, validator=VALIDATOR):
    """What a schema says against data."""
    return [error.message for error in validator.iter_errors(data)]


def test_the_schema_is_one_and_the_published_file_is_it():
    Draft202012Validator.check_schema(SCHEMA_OF_RUNS)
    published = ROOT / "docs" / "schema" / f"{SCHEMA.replace('/', '-')}.json"
    assert published.read_text(encoding="utf-8") == render_run_schema()


def test_results_of_all_kinds_follow_it():
    assert list_errors(json.loads(EXAMPLES.to_json())) == []


def test_the_baseline_of_this_repository_follows_it():
    assert list_errors(json.loads((ROOT / "reports" / "library.json").read_text(encoding="utf-8"))) == []


def test_lines_follow_it(tmp_path):
    lines = JSON_LINES.render(EXAMPLES, ReportContext(folder=tmp_path)).splitlines()
    assert len(lines) == 1 + len(EXAMPLES.results)
    assert [message for line in lines for message in list_errors(json.loads(line), LINES)] == []
    assert list_errors({"record": "op"}, LINES)
    assert list_errors({"record": "run", "schema": SCHEMA}, LINES)


def raising(x):
    """Raise for negative numbers."""
    if np.any(x < 0):
        raise ValueError("negative")
    return x, None


OPS = (
    adapt(lambda x: (x * x, x), lambda dy, x: x * dy, name="half", x="N D"),
    adapt(lambda x: (x * x, x), lambda dy, x: 2 * x, name="no_upstream", x="N D"),
    adapt(lambda x: (x * x, x), lambda dy, x: np.nan * dy, name="nan", x="N"),
    adapt(lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x >= 0), name="kinked", x="N"),
    adapt(raising, lambda dy, cache: dy, name="raising", x="N"),
    adapt(lambda x: (2.0 + x, None), lambda dy, cache: dy, name="alias", x="N"),
    Op("right", lambda x: (x + 1, None), lambda dy, cache: dy * 1.0, lambda x: x + 1, inputs={"x": Array("N")}),
)


@pytest.mark.slow
@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_a_run_of_a_real_check_follows_it(op):
    run = Run((check(op, examples=8),), 0, 8)
    assert list_errors(json.loads(run.to_json())) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: run.update(schema="gradcheck-run/1"),
        lambda run: run.pop("seed"),
        lambda run: run["results"][0].update(cases="8"),
        lambda run: run["results"][0]["verdicts"][0].update(status="fine"),
        lambda run: run["results"][0]["verdicts"][0].update(tightest="many"),
        lambda run: run["results"][1]["verdicts"][1]["findings"][0]["case"]["inputs"]["x"].update(dtype="text"),
        lambda run: run["results"][1]["verdicts"][1]["findings"][0]["demonstration"].pop("parts"),
    ],
)
def test_a_spoiled_run_does_not(spoil):
    data = json.loads(EXAMPLES.to_json())
    spoil(data)
    assert list_errors(data)


def test_a_run_of_before_a_field_was_added_follows_it():
    data = json.loads(EXAMPLES.to_json())
    for result in data["results"]:
        del result["file"], result["line"]
    assert list_errors(data) == []
    assert Run.from_json(json.dumps(data)).to_json() == EXAMPLES.to_json()


@pytest.mark.parametrize(("name", "record"), [("Case", CASE), ("Demonstration", PLAIN_CALL)])
def test_records_that_encode_themselves_are_told_whole(name, record):
    assert list(OWN_DEFINITIONS[name]["properties"]) == list(record.to_json())


def test_a_type_without_a_form_is_refused():
    with pytest.raises(TypeError, match=r"complex.* has no form in JSON; give it one in JSON_TYPES"):
        describe_hint(complex)
