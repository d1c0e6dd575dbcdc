"""One cause is one finding: what follows from it says so, and what does not stands beside it."""

import numpy as np
import pytest

from gradcheck import Array, Op, check
from gradcheck.checking.finding_shrinking import explain_on_own_case
from gradcheck.isolation import silence_warnings


def layers(x, w1, w2):
    h = np.tanh(x @ w1)
    return h @ w2, (x, w1, w2, h)


def pull(dy, cache, first=1.0, second=1.0):
    x, w1, w2, h = cache
    dz = dy @ w2.T * (1 - h * h)
    return dz @ w1.T, first * x.T @ dz, second * h.T @ dy


def net(**factors):
    inputs = {"x": Array("N D"), "w1": Array("D H"), "w2": Array("H C")}
    return Op("net", layers, lambda dy, cache: pull(dy, cache, **factors), inputs=inputs)


def roots_of(op, examples=12, **options):
    """The findings that follow from no other, and those that do."""
    found = check(op, examples=examples, **options).findings
    return [f for f in found if not f.follows], [f for f in found if f.follows]


def test_inputs_that_are_wrong_in_one_case_are_one_finding():
    (root,), (other,) = roots_of(net(first=2, second=2), laws=("gradient",))
    assert (root.input, other.input, other.follows) == ("w1", "w2", "gradient")
    assert root.case.inputs["x"].shape == (1, 1)


def rectifier(backward):
    return Op("relu", lambda x: (np.maximum(x, 0), x), backward, inputs={"x": Array("N")})


def test_a_law_that_a_wrong_gradient_breaks_follows_from_it():
    (root,), others = roots_of(rectifier(lambda dy, x: 2 * dy * (x >= 0)), laws=("gradient", "kinks"))
    assert root.law == "gradient"
    assert {(f.law, f.follows) for f in others} == {("kinks", "gradient")}


def test_a_convention_that_is_wrong_beside_a_right_gradient_is_a_finding_of_its_own():
    (root,), others = roots_of(rectifier(lambda dy, x: dy * np.where(x == 0, 2.0, x > 0)), laws=("gradient", "kinks"))
    assert (root.law, others) == ("kinks", [])


def test_faults_of_two_cases_are_two_findings():
    """Either gradient is wrong for inputs for which the other one is right."""

    def backward(dy, cache):
        x, y = cache
        wide = len(x) > 1
        return (2 if wide else 1) * y * dy, (1 if wide else 2) * x * dy

    op = Op("product", lambda x, y: (x * y, (x, y)), backward, inputs={"x": Array("N"), "y": Array("N")})
    roots, others = roots_of(op, examples=24, laws=("gradient",))
    assert ({f.input for f in roots}, others) == ({"x", "y"}, [])


@pytest.mark.parametrize(("factor", "words"), [(2, "twice"), (3, "three times")])
def test_a_replayed_case_has_the_cause_that_the_check_gave(factor, words):
    (root,), _ = roots_of(net(first=factor), laws=("gradient",))
    with silence_warnings():
        again = explain_on_own_case(net(first=factor), root)
    assert root.cause_name == again.cause_name == "constant-factor"
    assert all(f.cause.startswith(f"it is {words} the right gradient (so in all ") for f in (root, again))


def test_a_cause_that_holds_in_the_smallest_case_alone_is_not_named():
    """With a single row its gradient vanishes; in others it does not."""

    def centred(x):
        return x - x.mean(0), None

    wrong = Op("centred", lambda x: (x, None), lambda dy, cache: centred(dy)[0], inputs={"x": Array("N D")})
    (root,), _ = roots_of(wrong, laws=("gradient",))
    with silence_warnings():
        again = explain_on_own_case(wrong, root)
    assert "zero" not in (root.cause_name, again.cause_name)
    assert "flows back" not in root.cause + again.cause
