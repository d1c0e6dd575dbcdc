"""A kept case is examined where it still fits, accuses nobody where it does not, and counts for nothing."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck import (
    Array,
    Case,
    Op,
    check,
    positive,
)
from gradcheck.checking.kept_cases import fit_case
from gradcheck.report import content

X = np.array([[1.0, 2.0], [3.0, 5.0]])


ONES = np.ones((2, 2))


def make_case(upstream=(ONES,), inputs=None, settings=None, **parts):
    """A case of the op below."""
    return Case("square", inputs or {"x": X}, upstream, settings or {}, 7, **parts)


def square(backward=lambda dy, x: 2 * x * dy, forward=lambda x: (x * x, x), **parts):
    return Op("square", forward, backward, **{"inputs": {"x": Array("N D")}, **parts})


def test_a_case_that_fits_stays_as_it_is():
    case = make_case()
    assert fit_case(square(), case) is case


@pytest.mark.parametrize(
    "upstream",
    [(), (np.ones(2),), (np.ones((2, 2)), np.ones((2, 2))), (np.ones((2, 2), int),), (np.full((2, 2), np.nan),)],
    ids=["none", "another shape", "two", "whole numbers", "nan"],
)
def test_an_upstream_that_does_not_fit_is_drawn_anew_for_the_same_inputs(upstream):
    fitted = fit_case(square(), make_case(upstream))
    assert [u.shape for u in fitted.upstream] == [(2, 2)]
    assert fitted.point[0] is X
    assert np.isfinite(fitted.upstream[0]).all()


def test_a_case_that_fits_no_more_is_left_out():
    assert fit_case(square(), make_case(inputs={"y": X})) is None
    assert fit_case(square(inputs={"x": Array("N D", positive())}), make_case(inputs={"x": -X})) is None


def test_a_right_op_whose_output_has_another_shape_now_is_not_accused():
    summed = square(lambda dy, x: 2 * dy * x, lambda x: ((x * x).sum(1, keepdims=True), x))
    stale = make_case((np.array([1.0, 2.0]),))
    assert check(summed, examples=4, kept=[stale], laws=("contract", "gradient")).status == "passed"


def wrong_at_five(dy, x):
    return np.where(x == 5.0, 3.0, 2 * x) * dy


def test_what_a_kept_case_shows_alone_says_so():
    options = {"examples": 4, "laws": ("contract", "gradient")}
    op = square(wrong_at_five)
    assert check(op, **options).status == "passed"
    result = check(op, kept=[make_case()], **options)
    (finding,) = result.findings
    assert (result.status, finding.kept) == ("failed", True)
    assert "found on: a case kept from an earlier run; no generated case shows it" in content.build_block(finding).lines


def test_what_generated_cases_show_as_well_is_theirs():
    (finding,) = check(square(lambda dy, x: 3 * x * dy), examples=4, kept=[make_case()], laws=("gradient",)).findings
    assert not finding.kept


@pytest.mark.slow
@pytest.mark.parametrize("backward", [lambda dy, x: 3 * x * dy, wrong_at_five, lambda dy, x: 2 * x * dy])
def test_kept_cases_do_not_change_how_much_is_examined(backward):
    kept = [make_case().at((X * n,)) for n in range(1, 25)]
    alone, beside = (check(square(backward), examples=30, kept=cases, shrink=False) for cases in ((), kept))
    assert [(v.law, v.examined, v.abstained) for v in beside.verdicts] == [
        (v.law, v.examined, v.abstained) for v in alone.verdicts
    ]
    assert (alone.cases, alone.shapes) == (beside.cases, beside.shapes)


def test_what_fits_no_more_is_told_in_a_note():
    result = check(square(), examples=4, kept=[make_case(inputs={"y": X})], laws=("contract",))
    assert result.notes == ("1 case kept from an earlier run left out: the op has changed",)


def test_what_kept_cases_show_is_told_of_an_interrupted_check_too():
    from gradcheck.checking.kept_cases import examine_kept_cases
    from gradcheck.checking.op_check import OpCheck
    from gradcheck.laws.registry import load_laws

    op_check = OpCheck(replace(square(wrong_at_five)), [load_laws()["gradient"]])
    examine_kept_cases(op_check, [make_case()])
    assert [f.kept for f in op_check.result().findings] == [True]
