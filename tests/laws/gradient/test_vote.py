"""The vote: a test for each row of the table."""

from dataclasses import replace
from itertools import product

import pytest

from gradcheck.laws.comparison import NO_DIFFERENCE, Difference
from gradcheck.laws.gradient.doubts import Doubt
from gradcheck.laws.gradient.vote import VOTE_TABLE, Stance, Stances, decide_status, read_stances
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.records.evidence import Witness
from gradcheck.records.status import Status

AGREES, CONTRADICTS, SILENT = Stance.AGREES, Stance.CONTRADICTS, Stance.SILENT
D = Doubt

ROWS = [
    (SILENT, AGREES, SILENT, {D.NO_DIGIT_IS_RIGHT, D.DIGITS_ARE_LOST, D.SLOPES_DO_NOT_ADD_UP}, Status.PASSED),
    (SILENT, AGREES, AGREES, {D.DIGITS_ARE_LOST, D.VANISHES_NEARBY}, Status.PASSED),
    (AGREES, AGREES, SILENT, {D.NO_DIGIT_IS_RIGHT, D.DIGITS_ARE_LOST}, Status.FAILED),
    (AGREES, AGREES, SILENT, {D.DIGITS_ARE_LOST}, Status.IMPRECISE),
    (AGREES, AGREES, AGREES, set(), Status.PASSED),
    (AGREES, SILENT, CONTRADICTS, {D.ONLY_LAST_DIGITS_DIFFER}, Status.PASSED),
    (CONTRADICTS, AGREES, SILENT, {D.ONLY_LAST_DIGITS_DIFFER}, Status.IMPRECISE),
    (AGREES, CONTRADICTS, SILENT, {D.REFERENCE_JUMPS}, Status.PASSED),
    (AGREES, CONTRADICTS, AGREES, {D.SLOPES_DO_NOT_ADD_UP}, Status.PASSED),
    (AGREES, CONTRADICTS, SILENT, set(), Status.INCONCLUSIVE),
    (AGREES, AGREES, CONTRADICTS, set(), Status.PASSED),
    (AGREES, SILENT, CONTRADICTS, set(), Status.INCONCLUSIVE),
    (SILENT, CONTRADICTS, SILENT, {D.REFERENCE_JUMPS, D.REFERENCE_IS_ALONE}, Status.PASSED),
    (SILENT, CONTRADICTS, SILENT, {D.SLOPES_DO_NOT_ADD_UP}, Status.PASSED),
    (SILENT, AGREES, CONTRADICTS, {D.KINKS_MEET}, Status.PASSED),
    (CONTRADICTS, CONTRADICTS, AGREES, {D.KINKS_MEET}, Status.PASSED),
    (SILENT, CONTRADICTS, SILENT, {D.VANISHES_NEARBY}, Status.PASSED),
    (SILENT, AGREES, CONTRADICTS, set(), Status.INCONCLUSIVE),
    (SILENT, CONTRADICTS, AGREES, set(), Status.DISPUTED),
    (SILENT, CONTRADICTS, CONTRADICTS, {D.MOST_DIGITS_AGREE}, Status.IMPRECISE),
    (SILENT, CONTRADICTS, SILENT, {D.CLIMBS_IN_FLOAT32_STEPS}, Status.IMPRECISE),
    (SILENT, CONTRADICTS, CONTRADICTS, set(), Status.FAILED),
    (CONTRADICTS, CONTRADICTS, SILENT, {D.REFERENCE_IS_ALONE}, Status.INCONCLUSIVE),
    (CONTRADICTS, CONTRADICTS, AGREES, {D.SHRINKS_IN_LONG_DOUBLE}, Status.IMPRECISE),
    (CONTRADICTS, CONTRADICTS, AGREES, set(), Status.DISPUTED),
    (CONTRADICTS, CONTRADICTS, CONTRADICTS, {D.MOST_DIGITS_AGREE}, Status.IMPRECISE),
    (CONTRADICTS, CONTRADICTS, SILENT, {D.CLIMBS_IN_FLOAT32_STEPS}, Status.IMPRECISE),
    (CONTRADICTS, CONTRADICTS, SILENT, {D.SHRINKS_IN_LONG_DOUBLE}, Status.IMPRECISE),
    (CONTRADICTS, CONTRADICTS, CONTRADICTS, set(), Status.FAILED),
    (CONTRADICTS, AGREES, CONTRADICTS, {D.MOST_DIGITS_AGREE}, Status.IMPRECISE),
    (CONTRADICTS, SILENT, SILENT, set(), Status.INCONCLUSIVE),
    (CONTRADICTS, AGREES, CONTRADICTS, {D.SHRINKS_IN_LONG_DOUBLE}, Status.IMPRECISE),
    (CONTRADICTS, AGREES, AGREES, set(), Status.DISPUTED),
    (CONTRADICTS, AGREES, SILENT, {D.REFERENCE_IS_ALONE}, Status.DISPUTED),
    (CONTRADICTS, AGREES, CONTRADICTS, set(), Status.FAILED),
]
"""Stances and doubts that come to each row of the table, in its order."""


@pytest.mark.parametrize("row", range(len(VOTE_TABLE)))
def test_a_row_gives_its_status(row):
    *stances, doubts, status = ROWS[row]
    fitting = [i for i, other in enumerate(VOTE_TABLE) if other.fits(Stances(*stances), doubts.__contains__)]
    assert fitting[0] == row
    assert decide_status(Stances(*stances), doubts.__contains__) is status is VOTE_TABLE[row].status


def test_each_row_has_its_test():
    assert len(ROWS) == len(VOTE_TABLE)


def test_every_combination_has_a_status():
    for stances in product(Stance, repeat=3):
        assert decide_status(Stances(*stances), lambda doubt: False) in Status


def test_a_gradient_that_nobody_contradicts_costs_no_doubt_but_lost_digits():
    asked = []
    decide_status(Stances(AGREES, AGREES, SILENT), lambda doubt: asked.append(doubt) or False)
    assert asked == [Doubt.NO_DIGIT_IS_RIGHT, Doubt.DIGITS_ARE_LOST]


def report(witness, agrees):
    """What a witness says."""
    return WitnessReport(witness, NO_DIFFERENCE if agrees else Difference(2.0, 1.0, 0.0, 0.5, ()), 0.0, True)


def test_stances_are_those_of_the_reports():
    said = [report(Witness.AUTODIFF, agrees=False), report(Witness.DIFFERENCES, agrees=True)]
    assert read_stances(said) == Stances(CONTRADICTS, AGREES, SILENT)


def test_a_silent_report_of_the_reference_is_no_stance():
    silent = replace(report(Witness.AUTODIFF, agrees=True), is_silent=True)
    assert read_stances([silent]) == Stances(SILENT, SILENT, SILENT)


def test_several_oracles_agree_where_all_of_them_do():
    both = [report(Witness.COMPLEX_STEP, agrees=True), report("golden", agrees=False)]
    assert read_stances(both).oracles is CONTRADICTS
    assert read_stances(both[:1]).oracles is AGREES
