"""Every reported fault is caught by a law that it breaks, and the right op beside it is left alone."""

import pytest

from gradcheck.checking.check import check
from gradcheck.checking.op_check import OpCheck
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws.registry import load_laws
from gradcheck.records.results import Finding
from gradcheck.records.subject import Subject
from tests.corpus.corpus import caught, counts
from tests.corpus.reported import LEFT_OUT, REPORTED
from tests.corpus.reported.conventions import CONVENTIONS
from tests.corpus.test_faults import complaints
from tests.lanes import mark_most_slow

EXAMPLES = 40
"""For right ops; a wrong one has the default number, and is let go as soon as it is caught."""

RIGHT = {id(op): op for op in (*(fault.right for fault in REPORTED), *CONVENTIONS)}.values()
"""Each once."""


class Enough(Exception):
    """The fault is caught."""


def is_caught(fault):
    """Whether the default number of examples catches a fault; the examination ends where it does."""
    seen = OpCheck(fault.wrong, list(load_laws().values()))

    def stop(done):
        if caught(fault, seen.result()):
            raise Enough

    try:
        return caught(fault, check(fault.wrong, step=stop, shrink=False, examination=seen))
    except Enough:
        return True


@pytest.mark.parametrize("fault", mark_most_slow(REPORTED, 20), ids=lambda fault: fault.name)
def test_a_reported_fault_is_caught(fault):
    assert is_caught(fault)


@pytest.mark.parametrize(
    "op", mark_most_slow([op for op in RIGHT if op not in load_library_ops()], 50), ids=lambda op: op.name
)
def test_the_right_op_is_left_alone(op):
    assert complaints(check(op, examples=EXAMPLES, shrink=False)) == []


def finding(law, status, follows=""):
    return Finding("op", law, Subject.of_input("x"), status, "a claim", follows=follows)


@pytest.mark.parametrize(
    "found",
    [
        finding("gradient", "crashed"),
        finding("gradient", "disputed"),
        finding("kinks", "inconclusive"),
        finding("gradient", "failed", follows="contract"),
    ],
)
def test_what_does_not_accuse_the_op_itself_does_not_count(found):
    assert not counts(found)


@pytest.mark.parametrize(
    "found", [finding("gradient", "failed"), finding("gradient", "imprecise"), finding("contract", "crashed")]
)
def test_what_accuses_the_op_counts(found):
    assert counts(found)


def test_the_corpus_is_large_and_every_fault_has_a_name_and_a_source_of_its_own():
    assert len(REPORTED) >= 66
    assert len({fault.name for fault in REPORTED}) == len(REPORTED)
    assert all("#" in fault.source and set(fault.laws) <= set(load_laws()) for fault in REPORTED)


def test_what_is_left_out_is_not_in():
    assert not [source for source in LEFT_OUT if any(source in fault.source.split(", ") for fault in REPORTED)]
