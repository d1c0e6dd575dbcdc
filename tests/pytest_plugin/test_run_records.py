"""What tests found goes with their reports."""

import xml.etree.ElementTree as ET

import pytest

from gradcheck.records.results import Run

SOME = ("--gradcheck-only", "gradient", "--gradcheck-only", "value")


@pytest.mark.slow
def test_a_junit_file_holds_the_gist_of_each_law_and_the_report_file_all(project):
    project.run(*SOME, "--junitxml", "tests.xml", "--gradcheck-report", "report.json")
    cases = list(ET.parse(project.path / "tests.xml").iter("testcase"))
    assert [(case.get("classname"), case.get("name")) for case in cases][:2] == [
        ("pyproject.toml.mynet.layers.affine", "value"),
        ("pyproject.toml.mynet.layers.affine", "gradient"),
    ]
    told = {p.get("name"): p.get("value") for p in cases[1].iter("property")}
    assert told == {"gradcheck": "affine", "gradcheck.status": "failed", "gradcheck.examined": "4"}
    affine, _ = Run.from_json((project.path / "report.json").read_text()).results
    assert [(v.law, v.status) for v in affine.verdicts] == [("value", "passed"), ("gradient", "failed")]
    assert affine.findings


@pytest.mark.slow
def test_workers_hand_their_results_to_the_process_that_reports(project):
    pytest.importorskip("xdist")
    result = project.spawn(*SOME, "-n", "2", "--junitxml", "tests.xml", "--gradcheck-report", "report.json")
    result.stdout.fnmatch_lines("1 of 2 ops fails: affine (gradient of b).")
    assert len(Run.from_json((project.path / "report.json").read_text()).results) == 2
    values = [p.get("value") for p in ET.parse(project.path / "tests.xml").iter("property")]
    assert max(map(len, values)) < 20


@pytest.mark.slow
def test_ops_of_tests_are_told_apart_by_their_tests(project):
    project.table()
    project.tests(
        "@pytest.mark.parametrize('n', [2, 3])\ndef test_both(gradcheck, n):\n"
        "    gradcheck(Op('own', forward, backward, inputs={'x': Array('N')}), laws=['gradient'])\n"
    )
    result = project.run("--gradcheck-save", "run.json")
    result.stdout.fnmatch_lines(["own in tests/test_own.py::test_both[[]2[]] *passed*", "own in *[[]3[]] *passed*"])
    assert [r.target for r in Run.from_json((project.path / "run.json").read_text()).results] == [
        f"tests/test_own.py::test_both[{n}]" for n in "23"
    ]


@pytest.mark.parametrize("value", [3, "mine", '{"schema": "mine"}'])
def test_a_property_of_somebody_else_is_left_alone(project, value):
    project.tests(f"def test_plain(record_property):\n    record_property('gradcheck', {value!r})\n")
    result = project.run("tests")
    result.assert_outcomes(passed=1)
    assert "= gradcheck =" not in result.stdout.str()
