"""The reports of all witnesses, and those that decide on an input."""

import numpy as np

from gradcheck.laws.gradient.autodiff_witness import report_autodiff
from gradcheck.laws.gradient.reports import Reports, report_together
from gradcheck.records.evidence import ALL_INPUTS, ErrorKey, Witness
from tests.laws.gradient.cases import SINE, WRONG_SINE, X, prepare


def collect(op):
    """The reports on an op of one input."""
    case = prepare(op, X)
    return Reports(case, report_autodiff(case), list(report_together(case)))


def test_an_undoubted_reference_decides_alone():
    assert [r.witness for r in collect(SINE).of(0)] == [Witness.AUTODIFF]


def test_a_contradicted_gradient_is_decided_by_all_witnesses():
    reports = collect(WRONG_SINE).of(0)
    assert {r.witness for r in reports} == {Witness.AUTODIFF, Witness.DIFFERENCES, Witness.COMPLEX_STEP}
    assert not any(r.agrees for r in reports)


def test_errors_are_those_of_witnesses_that_know_the_gradient_precisely():
    reports = collect(SINE)
    precise = reports.list_precise([0], reports.together)
    assert precise.keys() >= {ErrorKey("x", Witness.AUTODIFF), ErrorKey(ALL_INPUTS, Witness.DIFFERENCES)}
    assert all(r.relative_error <= r.relative_bar < 1e-8 for r in precise.values())


def test_oracles_may_be_left_out():
    case = prepare(SINE, np.array([0.5]))
    assert [r.witness for r in report_together(case, with_oracles=False)] == [Witness.DIFFERENCES]
