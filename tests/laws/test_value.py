"""value: forward agrees with the reference."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.value import explain_missing_reference
from tests.laws.observing import claims, observe

X = np.array([0.5, -1.0, 2.0])


def sine(x):
    return np.sin(x), x


SINE = Op("sine", sine, lambda dy, x: dy * np.cos(x), lambda x: namespace(x).sin(x), inputs={"x": Array("N")})


def test_a_forward_that_agrees_is_right_and_says_how_near_it_is():
    seen = observe("value", SINE, X)
    assert (seen.findings, seen.abstained) == ((), "")
    assert seen.tightest < 1


def test_the_element_that_is_furthest_off_is_told_at_the_line_of_forward():
    def wrong(x):
        return np.sin(x) + np.array([0, 1e-9, 1e-8]), x

    op = replace(SINE, forward=wrong)
    (finding,) = observe("value", op, X).findings
    assert finding.claim.startswith("output y is 0.909297437 at [2], expected 0.909297427")
    assert finding.where == "at [2]"
    assert (finding.file, finding.line) == (__file__, wrong.__code__.co_firstlineno)


def test_another_shape_is_told_with_both():
    (claim,) = claims("value", replace(SINE, forward=lambda x: (np.sin(x)[None], x)), X)
    assert claim.startswith("output y has another shape: ")
    assert "(1, 3)" in claim


def test_each_output_is_compared():
    both = Op(
        "both",
        lambda x: ((np.sin(x), np.cos(x) + 1), x),
        lambda dys, x: dys[0] * np.cos(x) - dys[1] * np.sin(x),
        lambda x: (namespace(x).sin(x), namespace(x).cos(x)),
        inputs={"x": Array("N")},
        outputs=("s", "c"),
    )
    (claim,) = claims("value", both, X)
    assert claim.startswith("output c is ")


def test_digits_that_forward_loses_by_its_own_rounding_are_no_fault():
    cancelling = replace(SINE, forward=lambda x: ((np.sin(x) + 1e6) - 1e6, x))
    assert claims("value", cancelling, X) == []


def test_where_the_reference_is_not_finite_it_abstains():
    logarithm = Op("log", lambda x: (0 * x, x), lambda dy, x: 0 * dy, lambda x: namespace(x).log(x), inputs=SINE.inputs)
    assert observe("value", logarithm, -np.ones(2)).abstained == "the reference is not finite here"


def test_without_a_formula_of_its_own_there_is_nothing_to_compare():
    assert explain_missing_reference(SINE) == ""
    assert explain_missing_reference(replace(SINE, reference=None)) == "no reference was given"
    assert (
        explain_missing_reference(SINE.with_origin(reference_is_forward=True)) == "the reference is the forward itself"
    )
