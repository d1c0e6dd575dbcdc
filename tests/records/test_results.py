"""A run survives JSON, byte for byte; a truncated or foreign one is refused by name."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.records.case import Case
from gradcheck.records.difference_map import DifferenceMap
from gradcheck.records.evidence import Evidence, read_errors
from gradcheck.records.patch import Patch
from gradcheck.records.results import Finding, FindingKind, OpResult, Run, RunError, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject

CASE = Case("op", {"x": np.array([1.5, np.nan])}, (np.array(-0.0),), {"axis": 1}, 3)
FINDING = Finding(
    "op",
    "gradient",
    Subject.of_input("x"),
    Status.FAILED,
    "gradient of x is inf",
    (Evidence("autodiff", float("inf"), 1.0, 1e-15, False),),
    "[0]",
    CASE,
    "cause",
    "hint",
    "value",
    "f.py",
    3,
    cause_name="sum-missing",
    patch=Patch("f.py", 3, "db = dy", "db = dy.sum(0)", 24),
    picture=DifferenceMap(((1.0, math.inf),), ((0.1, -0.0),), ((1e-17, math.inf),), (2,)),
)
VERDICT = Verdict(
    "op",
    "gradient",
    Status.FAILED,
    3,
    float("inf"),
    read_errors({"x, autodiff": float("nan"), "x, differences": 1e-9}),
    (FINDING,),
    "reason",
)
RESULT = OpResult(
    "op",
    "user",
    (VERDICT, Verdict("op", "kinks", Status.INAPPLICABLE, reason="none")),
    3,
    2,
    ("autodiff",),
    ("note",),
    False,
    read_errors({"x, autodiff": 1e-16}),
    "c0ffee",
)
RUN = Run((RESULT,), seed=1, examples=40, targets=("module",), complete=False, environment={"numpy": "2.1"})


def test_a_run_survives_json_byte_for_byte():
    text = RUN.to_json()
    assert Run.from_json(text).to_json() == text


def test_a_run_comes_back_as_the_same_values():
    again = Run.from_json(RUN.to_json())
    (result,) = again.results
    (finding,) = result.findings
    assert replace(again, results=()) == replace(RUN, results=())
    assert replace(result, verdicts=()) == replace(RESULT, verdicts=())
    assert replace(finding, case=None) == replace(FINDING, case=None)
    assert finding.case.digest == CASE.digest


@pytest.mark.parametrize("part", ["cause_name", "patch", "picture"])
def test_a_finding_without_what_explains_it_is_refused_by_name(part):
    data = json.loads(RUN.to_json())
    del data["results"][0]["verdicts"][0]["findings"][0][part]
    with pytest.raises(RunError, match=part):
        Run.from_json(json.dumps(data))


def test_what_is_not_finite_is_written_as_a_word():
    verdict = json.loads(RUN.to_json())["results"][0]["verdicts"][0]
    assert verdict["tightest"] == "inf"
    assert verdict["errors"]["x, autodiff"] == "nan"


def test_an_empty_run_survives():
    empty = Run((), 0, 0)
    assert Run.from_json(empty.to_json()) == empty


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_truncated_run_is_refused(share):
    text = RUN.to_json()
    with pytest.raises(RunError):
        Run.from_json(text[: int(share * len(text))])


@pytest.mark.parametrize(
    "text", ["{}", "[]", "null", "3", '{"schema": "gradcheck-run/99"}', '{"schema": "gradcheck-case/1"}']
)
def test_foreign_json_is_refused(text):
    with pytest.raises(RunError, match=r"schema|run"):
        Run.from_json(text)


def test_the_message_names_the_foreign_schema():
    with pytest.raises(RunError, match="gradcheck-run/99"):
        Run.from_json('{"schema": "gradcheck-run/99"}')


@pytest.mark.parametrize("part", ["results", "seed", "examples", "complete"])
def test_a_missing_part_is_named(part):
    data = json.loads(RUN.to_json())
    del data[part]
    with pytest.raises(RunError, match=part):
        Run.from_json(json.dumps(data))


def test_a_status_that_does_not_exist_is_refused():
    with pytest.raises(RunError, match="splendid"):
        Run.from_json(RUN.to_json().replace('"inapplicable"', '"splendid"'))


@pytest.mark.parametrize(("worst", "other"), [(a, b) for i, a in enumerate(tuple(Status)) for b in tuple(Status)[i:]])
def test_an_op_has_the_worst_status_of_its_laws(worst, other):
    for pair in ((worst, other), (other, worst)):
        assert OpResult("op", "", tuple(Verdict("op", "law", status) for status in pair)).status == worst


def test_an_op_that_no_law_examined_is_inconclusive():
    assert OpResult("op", "", ()).status == "inconclusive"


def test_a_result_finds_the_verdict_of_a_law():
    assert RESULT.verdict("gradient") is VERDICT
    assert RESULT.verdict("purity") is None
    assert RESULT.errors == VERDICT.errors


def test_the_identity_of_a_finding_outlives_its_numbers():
    assert replace(FINDING, claim="gradient of x is 3", case=None, where="").identity == FINDING.identity


@pytest.mark.parametrize(
    ("claimed", "expected", "kind"),
    [(2.0, 1.0, "disagrees"), (math.nan, 1.0, "not finite"), (1.0, math.inf, "not finite")],
)
def test_the_kind_of_a_finding_is_read_off_its_evidence(claimed, expected, kind):
    contradicting, agreeing = Evidence("a", claimed, expected, 0.1, False), Evidence("b", math.nan, 0.0, math.inf, True)
    assert FindingKind.of_evidence([contradicting, agreeing]) == kind


def test_without_evidence_a_finding_disagrees():
    assert FindingKind.of_evidence(()) == "disagrees"
