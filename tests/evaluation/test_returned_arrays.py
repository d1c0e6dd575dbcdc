"""What code under test returns is an array of floating-point numbers, or said not to be one, and what to return."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed
from gradcheck.evaluation.returned_arrays import convert_output, is_array_like, read_sequence, require_floating_point
from gradcheck.records.case import Case
from tests.evaluation.odd_values import LAWFUL_ARRAYS, NO_ARRAYS, OTHER_ARRAYS, HostileTuple

X = np.array([[1.5, -2.0]])


def evaluator(forward=lambda x, w: (x * w, None), backward=lambda dy, cache: (dy, dy)):
    op = Op("odd", forward, backward, inputs={"x": Array("N D"), "w": Array("N D")})
    return Evaluator(op, Case("odd", {"x": X, "w": X}, (X,), {}, 0))


def complain(run):
    """The claim and the hint of what is Malformed."""
    with pytest.raises(Malformed) as raised:
        run()
    claim = str(raised.value)
    assert claim.isprintable()
    assert len(claim) < 200
    return claim, raised.value.hint


def complain_of_output(make):
    return complain(lambda: evaluator(lambda x, w: (make(x), None)).outputs((X, X)))


def complain_of_gradient(make):
    return complain(lambda: evaluator(backward=lambda dy, cache: (dy, make(dy))).gradients((X, X), (X,)))


@pytest.mark.parametrize("name", NO_ARRAYS)
def test_what_is_no_array_is_described(name):
    claim, hint = complain_of_output(NO_ARRAYS[name])
    assert claim.startswith("output y is ")
    assert claim.endswith(", not an array")
    assert "Return an array" in hint
    claim, hint = complain_of_gradient(NO_ARRAYS[name])
    assert claim.startswith("gradient of w is ")
    assert claim.endswith(", expected an array of shape (1, 2)")


@pytest.mark.parametrize("name", OTHER_ARRAYS)
def test_an_array_without_floating_point_numbers_is_described(name):
    claim, hint = complain_of_output(OTHER_ARRAYS[name])
    assert claim.startswith(("output y has dtype ", "output y is a masked array", "output y is an object of type "))
    assert hint
    claim, hint = complain_of_gradient(OTHER_ARRAYS[name])
    assert claim.startswith("gradient of w ")
    assert hint


@pytest.mark.parametrize("name", LAWFUL_ARRAYS)
def test_an_array_of_floating_point_numbers_is_a_plain_one_afterwards(name):
    (y,) = evaluator(lambda x, w: (LAWFUL_ARRAYS[name](x), None)).outputs((X, X))
    _, dw = evaluator(backward=lambda dy, cache: (dy, LAWFUL_ARRAYS[name](dy))).gradients((X, X), (X,))
    for a in (y, dw):
        assert type(a) is np.ndarray
        assert a.dtype.isnative
        assert a.tolist() == X.tolist()


@pytest.mark.parametrize(
    ("make", "claim", "hint"),
    [
        (lambda x: x > 0, "output y has dtype bool, expected a floating-point one", "truth value carries no gradient"),
        (
            lambda x: x.astype(int),
            "output y has dtype int64, expected a floating-point one",
            "np.zeros(shape, x.dtype)",
        ),
        (lambda x: x + 0j, "output y has dtype complex128, expected a floating-point one", "y.real"),
        (np.ma.array, "output y is a masked array, expected a plain one", "filled"),
        (lambda x: x.tolist(), "output y is a list of 1, not an array", "np.array(…)"),
        (lambda x: (x, x), "output y is a tuple of 2, not an array", "outputs=('a', 'b', …)"),
        (lambda x: {"y": x}, "output y is a dict with the keys 'y', not an array", "Return an array"),
        (OTHER_ARRAYS["array that raises"], "which gives no array: ZeroDivisionError", "Return an array"),
    ],
)
def test_the_claim_says_what_it_is_and_the_hint_what_to_return(make, claim, hint):
    said, hinted = complain_of_output(make)
    assert claim in said
    assert hint in hinted


def test_a_number_of_python_is_an_output_without_axes():
    for number in (2, 2.0, np.float64(2)):
        (y,) = evaluator(lambda x, w, number=number: (number, None)).op.forward(X, X)[:1]
        y = convert_output("y", y, "f")
        assert (y.shape, y.dtype, float(y)) == ((), np.float64, 2)


def test_complex_outputs_belong_to_complex_inputs():
    one = evaluator()
    assert one.outputs((X + 1j, X))[0].dtype == complex
    with pytest.raises(Malformed, match="dtype complex128"):
        evaluator(lambda x, w: (x + 1j, None)).outputs((X, X))


def test_an_output_of_a_billion_elements_is_not_computed_with():
    claim, _ = complain_of_output(lambda x: np.broadcast_to(1.0, (10**6, 10**6)))
    assert claim == "output y has 1,000,000,000,000 elements, of shape (1000000, 1000000)"


def test_a_shape_that_depends_on_values_is_described():
    claim, hint = complain(lambda: evaluator(lambda x, w: (x[x > 0], None)).outputs((X, X)))
    assert claim == "output y has shape (1,), and (1, 2) for other inputs of the same shapes"
    assert "follow from those of the inputs" in hint


@pytest.mark.parametrize(
    ("gradients", "claim", "hint"),
    [
        (
            {"x": X, "w": X},
            "backward returned a dict with the keys 'x', 'w', expected 2, one for each of x, w",
            "tuple",
        ),
        (X, "backward returned 1 gradient, expected 2, one for each of x, w", "None"),
        (HostileTuple((X,)), "backward returned 1 gradient, expected 2", "None"),
    ],
)
def test_gradients_in_another_form_are_described(gradients, claim, hint):
    said, hinted = complain(lambda: evaluator(backward=lambda dy, cache: gradients).gradients((X, X), (X,)))
    assert claim in said
    assert hint in hinted


def test_a_list_of_numbers_for_one_gradient_is_to_be_an_array():
    op = Op("odd", lambda x: (x, None), lambda dy, cache: dy.tolist(), inputs={"x": Array("N")})
    x = np.ones(3)
    _, hint = complain(lambda: Evaluator(op, Case("odd", {"x": x}, (x,), {}, 0)).gradients((x,), (x,)))
    assert "np.array(dx)" in hint


def test_a_number_for_a_gradient_is_not_told_of_keepdims():
    claim, hint = complain_of_gradient(lambda dy: 2.0)
    assert claim == "gradient of w has shape (), expected (1, 2)"
    assert hint == "Return an array with one number for each element of the input."


def test_members_are_read_whatever_a_subclass_says():
    assert read_sequence(HostileTuple((1, 2))) == (1, 2)
    assert read_sequence(X) == ()


def test_what_raises_when_it_is_asked_is_no_array():
    assert not is_array_like(NO_ARRAYS["hostile"](X))
    assert is_array_like(2.0)


def test_memory_stays_shared():
    assert np.shares_memory(convert_output("y", np.asmatrix(X), "f"), X)
    assert require_floating_point("y", X) is X
