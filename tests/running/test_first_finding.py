"""The first finding is told as soon as a case shows it, and once."""

from dataclasses import replace

from gradcheck.checking.op_check import OpCheck
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.running.first_finding import FirstFinding

SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})


def look_after_each_case(op, cases=4):
    """What was told by the end of each case."""
    op_check = OpCheck(op, [load_laws()["gradient"]])
    told, counts = [], []
    first = FirstFinding(op_check, told.append)
    with silence_warnings():
        for case in generate_cases(op, cases, 0):
            op_check.take(case)
            first.look()
            counts.append(len(told))
    return told, counts


def test_a_wrong_gradient_is_told_after_the_case_that_shows_it_and_once():
    told, counts = look_after_each_case(replace(SQUARE, backward=lambda dy, x: 3 * x * dy))
    assert [claim.split(" is ")[0] for claim in told] == ["square: gradient of x"]
    assert counts[-1] == 1


def test_of_a_right_op_nothing_is_told():
    assert look_after_each_case(SQUARE)[0] == []
