"""A finding takes what is known of its cause."""

import numpy as np
import pytest

from gradcheck.causes.cause import Cause
from gradcheck.causes.edits.lines import BearingLine
from gradcheck.causes.explanation import Explanation
from gradcheck.evaluation.outside_stops import OutsideStop
from gradcheck.laws.explained_findings import with_cause
from gradcheck.records.difference_map import make_difference_map
from gradcheck.records.patch import Patch
from gradcheck.records.results import Finding
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject

FINDING = Finding(
    "f", "gradient", Subject.of_input("x"), Status.FAILED, "it is wrong", hint="Look.", file="f.py", line=1
)
SIGN = Cause("sign", "it has the wrong sign", "Negate it.")
PICTURE = make_difference_map(np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 3, 5]), np.zeros(4))


def test_the_cause_its_hint_and_where_it_was_tried_are_told():
    found = with_cause(FINDING, lambda: Explanation(causes=(SIGN,), tried=7))
    assert (found.cause_name, found.hint) == ("sign", "Negate it.")
    assert found.cause == "it has the wrong sign (so in all 7 cases tried)"
    assert (found.file, found.line, found.patch) == ("f.py", 1, None)


def test_a_finding_stands_at_the_line_of_the_patch_else_at_the_one_that_computes_the_gradient():
    patch, line = Patch("g.py", 5, "a", "b", 9), BearingLine("g.py", 4, ("x",), "a")
    patched = with_cause(FINDING, lambda: Explanation(corrections=((SIGN, patch),), line=line))
    assert (patched.file, patched.line, patched.patch) == ("g.py", 5, patch)
    computed = with_cause(FINDING, lambda: Explanation(causes=(SIGN,), line=line))
    assert (computed.file, computed.line) == ("g.py", 4)


def test_without_a_cause_the_place_is_told_with_a_picture_and_the_hint_stays():
    found = with_cause(FINDING, lambda: Explanation(place="wrong at 1 of 4 elements", picture=PICTURE))
    assert found.cause == "no known cause reproduces it; wrong at 1 of 4 elements"
    assert (found.cause_name, found.hint, found.picture) == ("", "Look.", PICTURE)


def test_where_nothing_is_known_the_finding_is_as_it_was():
    assert with_cause(FINDING, Explanation) == FINDING


def test_a_search_that_fails_costs_the_cause_alone():
    def fail():
        raise ZeroDivisionError("by zero")

    found = with_cause(FINDING, fail)
    assert found.hint == "Look. The search for a cause ended with ZeroDivisionError: by zero; please report it."
    assert (found.claim, found.cause) == (FINDING.claim, "")


def test_what_comes_from_outside_passes():
    def stop():
        raise OutsideStop("time is up")

    with pytest.raises(OutsideStop):
        with_cause(FINDING, stop)
