"""A kept case is examined where it still fits, accuses nobody where it does not, and counts for nothing."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck import (
    Array,
    Case,
    Op,
    Several,
    check,
    choice,
    distinct,
    indices,
    nonzero,
    positive,
    probability,
    real,
    whole,
)
from gradcheck.checking.baseline import draw_pinned_cases
from gradcheck.checking.kept_cases import explain_misfit, fit_case, has_labels_of
from gradcheck.discovery.library import load_library_ops
from gradcheck.generation.case_building import make_case_without_upstream
from gradcheck.generation.search import generate_cases
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


@pytest.mark.parametrize(
    ("op", "case", "words"),
    [
        (square(), make_case(inputs={"y": X}), "takes x, and the case has y"),
        (square(), make_case(inputs={"x": X[0]}), "the shape (2,) of x"),
        (square(), make_case(inputs={"x": X.astype(int)}), "x holds values of another kind"),
        (square(), make_case(inputs={"x": X / 0.0}), "x holds values of another kind"),
        (square(), make_case(dtype="complex128"), "not checked in complex128"),
        (square(settings={"k": choice(1, 2)}), make_case(), "takes x, k, and the case has x"),
        (square(settings={"k": choice(1, 2)}), make_case(settings={"k": 3}), "the setting k"),
        (square(settings={"k": whole(1, 2)}), make_case(settings={"k": "a"}), "the setting k"),
        (square(inputs={"x": Array("N N+1")}), make_case(), "the shape (2, 2) of x"),
        (square(inputs={"x": Array("N D"), "w": Array("D")}), make_case(inputs={"x": X, "w": np.ones(3)}), "(3,) of w"),
        (square(inputs={"x": Array("N D", positive())}), make_case(inputs={"x": -X}), "outside of positive"),
        (square(inputs={"x": Array("N D", real(-3, 3))}), make_case(), "outside of real(-3, 3)"),
        (
            square(inputs={"x": Array("N D", indices("D"))}),
            make_case(inputs={"x": X.astype(int)}),
            "outside of indices",
        ),
        (square(inputs={"x": Array("N D *S")}), make_case(inputs={"x": X[0]}), "(2,) of x"),
    ],
)
def test_a_case_of_another_declaration_is_left_out_with_the_reason(op, case, words):
    with np.errstate(divide="ignore"):
        assert words in explain_misfit(op, case)
        assert fit_case(op, case) is None


@pytest.mark.parametrize("domain", [real(), positive(), nonzero(), probability(), distinct(), real(1, 9)])
def test_a_case_that_was_drawn_is_within_its_domain(domain):
    op = square(inputs={"x": Array("N D", domain)})
    cases = [*draw_pinned_cases(op), *generate_cases(op, 20, 0)]
    assert [explain_misfit(op, case) for case in cases if explain_misfit(op, case)] == []


@pytest.mark.slow
def test_every_pinned_case_of_the_library_fits_its_op():
    cases = [(op, case) for op in load_library_ops() for case in draw_pinned_cases(op, make_case_without_upstream)]
    assert {op.name: misfit for op, case in cases if (misfit := explain_misfit(op, case))} == {}


def test_several_inputs_have_their_labels_in_order():
    op = square(inputs={"xs": Several(Array("N")), "y": Array("N")})
    assert has_labels_of(op, ["xs[0]", "xs[1]", "y"])
    assert not has_labels_of(op, ["xs[1]", "y"])
    assert not has_labels_of(op, ["y", "xs[0]"])


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
