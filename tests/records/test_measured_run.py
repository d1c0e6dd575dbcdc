"""What is compared of a run: the errors of its ops, by the names that they have in it."""

import math
from dataclasses import replace

import pytest

from gradcheck.records.evidence import ErrorKey
from gradcheck.records.measured_run import MeasuredOp, MeasuredRun
from tests.report.example_runs import ERRORS, GOOD, WRONG, make_run

MEASURED = replace(GOOD, corpus="c0ffee", measured=ERRORS)


def test_of_a_run_the_errors_are_kept_with_what_they_depend_on():
    run = make_run(MEASURED, WRONG, seed=3, environment={"hypothesis": "6", "numpy": "2"})
    measured = MeasuredRun.of_run(run)
    assert (measured.seed, measured.environment) == (3, {"numpy": "2"})
    assert measured.ops["sin"] == MeasuredOp("sin", "c0ffee", ERRORS, {"numpy": "2"})
    assert (measured.ops["affine"].fails, measured.ops["affine"].corpus) == (True, "")


def test_an_op_is_selected_with_its_target_or_without():
    labels = ("net:sin", "cos", "own in tests/test_own.py::cos")
    run = MeasuredRun({label: MeasuredOp(label, "", {}) for label in labels}, 0)
    assert [[*run.select(names).ops] for names in (["sin"], ["net:sin"], ["cos"], ["tan"])] == [
        ["net:sin"],
        ["net:sin"],
        ["cos"],
        [],
    ]
    assert run.select(()) is run


@pytest.mark.parametrize("error", [math.nan, 1e300, -1e-16])
def test_an_error_that_no_measurement_gives_is_found(error):
    def run(value):
        return MeasuredRun({"sin": MeasuredOp("sin", "", {ErrorKey("x", "autodiff"): value})}, 0)

    assert [run(value).find_unsound_error(1e16) for value in (0.0, 1e-3, math.inf)] == ["", "", ""]
    assert run(error).find_unsound_error(1e16).startswith("x, autodiff of sin is ")
