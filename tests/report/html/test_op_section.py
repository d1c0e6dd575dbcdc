"""What a page says of one op."""

from dataclasses import replace

import pytest

from gradcheck.records.searched import CLASS_LENGTHS, CaseClass
from gradcheck.records.status import Status
from gradcheck.report.html.op_section import (
    SHADES,
    TONES,
    build_op_section,
    describe_length,
    describe_power,
    tabulate_cases,
)
from tests.report import example_runs
from tests.report.html.example_pages import CASES, MEASURED


def test_an_op_that_holds_says_what_was_looked_at():
    section = build_op_section(MEASURED, 3)
    assert (section.identity, section.status, section.tone, section.is_open) == ("op-3", "passed", "right", False)
    assert section.laws == ("passed: gradient, kinks",)
    assert section.searched == "axes 2 to 64, |x| 1e-1 to 2e3, 87 % of lines reached"
    assert section.lines == ("not checked: sin_forward, line 3: no case ran it",)


def test_kinks_are_told_once_with_the_convention():
    section = build_op_section(MEASURED, 1)
    assert section.kinks == "in 3 of 8 cases: x → zero"
    assert not any("kink" in line for line in section.lines)


@pytest.mark.parametrize("result", [example_runs.WRONG, example_runs.BLIND, example_runs.WARNED])
def test_an_op_that_does_not_pass_is_open(result):
    assert build_op_section(result, 1).is_open


def test_the_reason_of_a_law_without_verdict_is_told():
    assert build_op_section(example_runs.BLIND, 1).lines == ("gradient inconclusive: nothing was examined",)


def test_the_worst_laws_are_named_first():
    assert build_op_section(example_runs.WRONG, 1).laws == ("failed: gradient", "passed: contract")


def test_cases_are_tabulated_by_axis_and_magnitude():
    table = tabulate_cases(CASES)
    assert [name for name, _ in table.rows] == ["2–7", "8–31", "32–127"]
    assert [[one.count for one in counts] for _, counts in table.rows] == [
        [0, 0, 1, 0, 0, 0],
        [0, 0, 0, 6, 0, 0],
        [0, 0, 0, 0, 1, 0],
    ]
    assert {one.shade for _, counts in table.rows for one in counts} == {0, 1, SHADES}


def test_a_run_that_does_not_say_its_cases_has_no_table():
    assert build_op_section(example_runs.GOOD, 1).cases is None


def test_every_class_of_cases_has_a_name():
    assert [describe_length(n) for n in CLASS_LENGTHS] == ["0", "1", "2–7", "8–31", "32–127", "128–511", "≥512"]
    assert [describe_power(n) for n in (-9, -3, 0, 6)] == ["<1e-6", "<1e0", "<1e3", "≥1e6"]
    assert all(count.count == 1 for _, counts in tabulate_cases({CaseClass(0, -9): 1}).rows for count in counts[:1])


def test_every_status_has_a_colour():
    assert set(TONES) == set(Status)
    assert TONES[Status.CRASHED] == TONES[Status.FAILED] == "wrong"


def test_a_test_is_named_with_its_op():
    assert build_op_section(replace(MEASURED, target="test_a.py::test"), 1).name == "sin in test_a.py::test"
