"""Every law catches its own fault, no other law does, and all of them leave correct ops alone."""

import importlib

import pytest

from gradcheck.checking.check import check
from gradcheck.laws.registry import load_laws
from tests.corpus import lawful
from tests.lanes import mark_most_slow, sample_library

EXAMPLES = 40
SILENT = ("passed", "inapplicable")


def pair(law):
    """The module of one law's two ops."""
    return importlib.import_module(f"tests.corpus.{law}")


def accusers(result):
    """The laws that found something which does not follow from another law's finding."""
    return {v.law for v in result.verdicts if any(not f.follows for f in v.findings)}


def complaints(result):
    """Every verdict that is not silent, in words."""
    said = (v for v in result.verdicts if v.status not in SILENT)
    return [f"{v.law} {v.status}: {v.reason} {[f.claim for f in v.findings]}" for v in said]


@pytest.mark.parametrize("law", tuple(load_laws()))
def test_a_fault_is_caught_by_its_law_and_by_no_other(law):
    result = check(pair(law).wrong, examples=EXAMPLES, shrink=False)
    assert accusers(result) == {law}


@pytest.mark.slow
@pytest.mark.parametrize("law", tuple(load_laws()))
def test_the_other_laws_pass_a_fault_or_say_from_which_finding_their_silence_follows(law):
    result = check(pair(law).wrong, examples=EXAMPLES, shrink=False)
    others = [v for v in result.verdicts if v.law != law and v.status not in SILENT]
    assert all(v.status == "inconclusive" and f"follows from {law}" in v.reason for v in others), complaints(result)


@pytest.mark.slow
@pytest.mark.parametrize("law", tuple(load_laws()))
def test_the_correct_op_beside_a_fault_is_left_alone(law):
    assert complaints(check(pair(law).right, examples=EXAMPLES, shrink=False)) == []


@pytest.mark.slow
@pytest.mark.parametrize("op", mark_most_slow(lawful.OPS, 10), ids=lambda op: op.name)
def test_a_correct_op_is_left_alone(op):
    assert complaints(check(op, examples=EXAMPLES, shrink=False)) == []


@pytest.mark.parametrize("op", mark_most_slow(sample_library(), 20), ids=lambda op: op.name)
def test_an_op_of_the_library_is_left_alone(op):
    assert complaints(check(op, shrink=False)) == []
