"""A baseline as a table."""

from gradcheck.records.measured_run import MeasuredOp, MeasuredRun
from gradcheck.report.baseline_table import tabulate_baseline
from tests.report.example_runs import ERRORS, HOSTILE


def test_a_row_for_each_error_and_what_they_depend_on():
    head, table = tabulate_baseline(MeasuredRun({"sin": MeasuredOp("sin", "", ERRORS)}, 7, {"numpy": "2.4.6"}))
    assert head == "4 errors of 1 op; seed 7; numpy 2.4.6"
    assert table.rows == (
        ("sin", "b, autodiff", "5.00e-01"),
        ("sin", "b, differences", "2.00e-09"),
        ("sin", "x, autodiff", "1.00e-16"),
        ("sin", "x, golden", "3.00e-16"),
    )


def test_versions_that_were_edited_are_harmless():
    head, _ = tabulate_baseline(MeasuredRun({}, 0, {"numpy": HOSTILE * 100}))
    assert (head.isprintable(), len(head) < 1000) == (True, True)
    assert tabulate_baseline(MeasuredRun({}, 0))[0] == "0 errors of 0 ops; seed 0; no versions are known"
