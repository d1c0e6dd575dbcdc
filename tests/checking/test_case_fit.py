"""Whether a case fits an op, and why not."""

import numpy as np
import pytest

from gradcheck import (
    Array,
    Case,
    Op,
    Several,
    choice,
    distinct,
    indices,
    nonzero,
    positive,
    probability,
    real,
    whole,
)
from gradcheck.checking.case_fit import explain_misfit, has_labels_of
from gradcheck.checking.pinned_errors import draw_pinned_cases
from gradcheck.discovery.library import load_library_ops
from gradcheck.generation.case_building import make_case_without_upstream
from gradcheck.generation.search import generate_cases

X = np.array([[1.0, 2.0], [3.0, 5.0]])


def make_case(inputs=None, settings=None, **parts):
    """A case of the op below."""
    return Case("square", inputs or {"x": X}, (np.ones((2, 2)),), settings or {}, 7, **parts)


def square(**parts):
    return Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, **{"inputs": {"x": Array("N D")}, **parts})


def test_a_case_of_the_declaration_fits():
    assert explain_misfit(square(), make_case()) == ""


@pytest.mark.parametrize(
    ("op", "case", "words"),
    [
        (square(), make_case(inputs={"y": X}), "takes x, and the case has y"),
        (square(), make_case(inputs={"x": X[0]}), "the shape (2,) of x"),
        (square(), make_case(inputs={"x": X.astype(int)}), "x holds values of another kind"),
        (square(), make_case(inputs={"x": X * np.inf}), "x holds values of another kind"),
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
    assert words in explain_misfit(op, case)


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
