"""JUnit XML: accepted by the schema of Jenkins, a case for each law, and nothing that was not examined is left out."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from gradcheck.declaration.origin import NotChecked
from gradcheck.records.results import Verdict
from gradcheck.records.status import Status
from gradcheck.report.ci.junit import JUNIT_XML
from gradcheck.report.context import ReportContext
from tests.report.ci.hostile_runs import HOSTILE_COMPARISON, HOSTILE_RUN
from tests.report.example_runs import (
    APART,
    BLIND,
    CRASHED,
    EXPLAINED_RESULT,
    GOOD,
    IMPRECISE,
    WARNED,
    make_result,
    make_run,
)

FOLDER = Path(".gradcheck")

SCHEMA_OF_SUITES = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "schemas" / "junit-10.xsd"))
LEFT = make_result(
    "left", Verdict("left", "kinks", Status.INAPPLICABLE, reason="no kink"), not_checked=(NotChecked("m", "mask"),)
)
MIXED = make_run(
    GOOD,
    EXPLAINED_RESULT,
    CRASHED,
    BLIND,
    IMPRECISE,
    replace(WARNED, notes=("a note",), file="ops.py", line=3),
    LEFT,
    not_checked=(NotChecked("svm_loss", "no backward"),),
    unexamined=("late",),
)


def read_suites(run, comparison=None):
    """The suites of a run by name."""
    root = etree.fromstring(JUNIT_XML.render(run, ReportContext(comparison, folder=FOLDER)).encode())
    SCHEMA_OF_SUITES.assertValid(root)
    return {suite.attrib["name"]: suite for suite in root}


def list_outcomes(suite):
    """The names of the cases of a suite, and what became of them."""
    return [(case.attrib["name"], case[0].tag if len(case) else "passed") for case in suite.findall("testcase")]


@pytest.mark.parametrize(
    ("run", "comparison"), [(make_run(), None), (MIXED, None), (MIXED, APART), (HOSTILE_RUN, HOSTILE_COMPARISON)]
)
def test_the_schema_takes_it(run, comparison):
    assert len(read_suites(run, comparison)) >= len(run.results)


@pytest.mark.parametrize(
    ("op", "outcomes"),
    [
        ("sin", [("gradient", "passed")]),
        ("affine", [("gradient", "failure")]),
        ("concat", [("contract", "error")]),
        ("relu", [("gradient", "failure")]),
        ("tanh", [("gradient", "system-out")]),
        ("shift", [("gradient", "passed"), ("purity", "system-out")]),
        ("left", [("kinks", "skipped"), ("m", "skipped")]),
        ("not checked", [("svm_loss", "skipped"), ("late", "skipped")]),
    ],
)
def test_what_became_of_each_law(op, outcomes):
    assert list_outcomes(read_suites(MIXED)[op]) == outcomes


def test_a_failure_is_the_finding_with_all_that_explains_it():
    (failure,) = read_suites(MIXED)["affine"].iter("failure")
    assert failure.attrib == {"message": "gradient of b is 0.5 at [0], expected 1 ± 1e-13", "type": "failed"}
    assert "cause: the expected value divided by N=2" in failure.text
    assert "counterexample, ready to paste:" in failure.text


def test_why_something_was_left_out_is_its_message():
    suites = read_suites(MIXED)
    assert [skip.attrib["message"] for skip in suites["left"].iter("skipped")] == ["no kink", "mask"]
    assert [skip.attrib["message"] for skip in suites["not checked"].iter("skipped")] == [
        "no backward",
        "the run was interrupted",
    ]


def test_a_suite_says_what_was_looked_at():
    properties = {one.attrib["name"]: one.attrib["value"] for one in read_suites(MIXED)["shift"].iter("property")}
    assert (properties["cases"], properties["shapes"], properties["source"]) == ("8", "3", "ops.py:3")
    assert properties["note"] == "a note"
    assert "relative error of x, autodiff" in {p.attrib["name"] for p in read_suites(MIXED)["sin"].iter("property")}


def test_the_comparison_is_a_suite_of_its_own():
    comparison = replace(
        APART, missing=("gone",), new=("fresh",), incomparable={"relu": "other cases"}, allowed={"new": "yes"}
    )
    assert list_outcomes(read_suites(MIXED, comparison)["baseline"]) == [
        ("sin: x, autodiff", "failure"),
        ("sin: x, differences", "passed"),
        ("sin: y, autodiff", "failure"),
        ("sin: z, autodiff", "passed"),
        ("gone", "failure"),
        ("fresh", "skipped"),
        ("other cases", "error"),
    ]
