"""A None for a real input on which the output depends is told apart from one for labels."""

import numpy as np
import pytest

from gradcheck import Array, adapt, check, indices
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.missing_gradients import (
    depends_on,
    depends_smoothly_on,
    find_missing_gradients,
    move_input,
    run_backward,
)
from gradcheck.adapters.trial_cases import draw_trial_case


def multiply(x, s):
    return x * s, (x, s)


def forget_scale(dy, cache):
    return dy * cache[1], None


def leave_out_scale(dy, cache):
    return dy * cache[1]


def prelu(x, alpha):
    return np.where(x > 0, x, alpha * x), (x, alpha)


def forget_slope(dy, cache):
    x, alpha = cache
    return np.where(x > 0, dy, alpha * dy), None


def weigh_rows(x, s):
    return x * s[:, None], s


def forget_rows(dy, s):
    return dy * s[:, None], None


@pytest.mark.parametrize(
    ("forward", "backward", "label"),
    [
        (multiply, forget_scale, "s"),
        (multiply, leave_out_scale, "s"),
        (prelu, forget_slope, "alpha"),
        (weigh_rows, forget_rows, "s"),
    ],
)
def test_a_forgotten_gradient_of_a_real_input_is_not_checked_and_told(forward, backward, label):
    op = adapt(forward, backward)
    (part,) = op.origin.not_checked
    assert part.name == label
    assert part.reason.startswith("backward returns None; if it has no gradient, declare it")
    result = check(op, examples=12)
    assert (result.status, result.not_checked) == ("passed", (part,))


def test_the_other_gradients_are_judged_all_the_same():
    result = check(adapt(multiply, lambda dy, cache: (2 * dy * cache[1], None)), examples=12, shrink=False)
    assert {f.input for f in result.findings if f.law == "gradient"} == {"x"}


def test_a_third_input_may_be_the_one_without_a_gradient():
    def forward(x, w, s):
        return (x @ w) * s, (x, w, s)

    op = adapt(forward, lambda dy, c: ((dy * c[2]) @ c[1].T, c[0].T @ (dy * c[2]), None))
    assert [part.name for part in op.origin.not_checked] == ["s"]


def test_a_forgotten_gradient_beside_two_outputs_is_told():
    def forward(x, s):
        return x * s, x + s, s

    op = adapt(forward, lambda da, dz, s: (da * s + dz, None))
    assert [part.name for part in op.origin.not_checked] == ["s"]


def test_labels_that_are_compared_stay_whole_numbers_and_the_answer_says_so():
    def forward(x, labels):
        hot = np.arange(x.shape[1]) == labels[:, None]
        return -np.sum(x * hot), hot

    op = adapt(forward, lambda dy, hot: (-dy * hot, None))
    assert (op.inputs["labels"].domain.name, op.origin.not_checked) == ("indices(D)", ())
    assert "labels: taken for whole numbers below D" in op.origin.notes


def test_a_backward_without_any_gradient_is_accused():
    result = check(adapt(multiply, lambda dy, cache: None), examples=8)
    assert result.status in ("failed", "crashed")


@pytest.mark.parametrize("declared", ["annotation", "call"])
def test_a_declared_input_without_its_gradient_is_a_finding_that_names_the_domain(declared):
    def forward(x, s):
        return x * s, (x, s)

    forward.__annotations__ = {"x": "N D", "s": "N D"} if declared == "annotation" else {}
    given = {} if forward.__annotations__ else {"x": "N D", "s": "N D"}
    (finding, *_) = check(adapt(forward, forget_scale, **given), examples=8).findings
    assert finding.claim.startswith("gradient of s is None")
    assert "gradient=False" in finding.hint


def make_op():
    return adapt(multiply, lambda dy, c: (dy * c[1], dy * c[0]), x="N D", s="N D")


def test_dependence_is_found_where_there_is_one():
    op = adapt(lambda x, n: (x * np.floor(n) * 0 + x, None), lambda dy, c: (dy, None), x="N", n=Array("N"))
    assert depends_smoothly_on(make_op(), "s")
    assert not depends_on(op, "n")
    stairs = adapt(lambda x, n: (x + np.floor(n), None), lambda dy, c: (dy, 0 * dy), x="N", n="N")
    assert not depends_smoothly_on(stairs, "n")


def test_too_few_gradients_are_those_of_the_inputs_whose_shapes_they_have():
    def forward(x, s, w):
        return (x * s) @ w, (x, s, w)

    def backward(dy, cache):
        x, s, w = cache
        return dy @ w.T * s, (x * s).T @ dy

    op = adapt(forward, backward, x="N D", s="D", w="D M")
    assert find_missing_gradients(op) == ["s"]
    assert find_missing_gradients(make_op()) == []


def test_what_raises_has_returned_nothing():
    def backward(dy, cache):
        raise ValueError("not today")

    op = adapt(multiply, backward, x="N D", s="N D")
    assert run_backward(op, draw_trial_case(op)) == ()


def test_an_input_is_moved_at_every_element_by_another_part():
    case = draw_trial_case(make_op())
    moved = move_input(case, "s", 1.0).inputs["s"] - case.inputs["s"]
    assert len(np.unique(moved.round(9))) == moved.size


def test_an_index_that_is_declared_as_real_is_refused_with_what_to_write():
    def forward(x, labels):
        return -x[np.arange(len(x)), labels].sum(), (x, labels)

    def backward(dy, cache):
        dx = np.zeros_like(cache[0])
        dx[np.arange(len(dx)), cache[1]] = -dy
        return dx, None

    with pytest.raises(ValueError, match=r"write labels=Array\('N', indices\('C'\)\)"):
        adapt(forward, backward, x="N C", labels="N")
    assert check(adapt(forward, backward, x="N C", labels=Array("N", indices("C"))), examples=8).status == "passed"


def test_a_forward_that_only_raises_keeps_its_message():
    def forward(x, s):
        raise TypeError("never")

    with pytest.raises(NoShapes, match="never"):
        adapt(forward, forget_scale)
