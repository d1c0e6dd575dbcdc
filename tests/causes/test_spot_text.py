"""An operation is told by the expression that it stands in."""

import ast

import numpy as np
import pytest

from gradcheck import Array, Op
from gradcheck.causes.spot_text import LONGEST_TEXT, find_extent, list_operands, read_spot, shorten
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.causes.watched_forward import Spot, watch_forward


def square(z):
    return z * z


def forward(x):
    y = square(np.exp(x))
    y += x
    return y, None


def read_all():
    """The texts of all operations of the forward, by expression."""
    op = Op("read", forward, lambda dy, cache: np.zeros(1), inputs={"x": Array("N")})
    case = next(iter(draw_telling_cases(op, 0)))
    return {text.text: text for spot in watch_forward(case.evaluator, 0).seen if (text := read_spot(spot))}


def test_expressions_are_read_over_lines():
    texts = read_all()
    assert list(texts) == ["np.exp(x)", "z * z", "y += x"]
    assert texts["y += x"].operands == ("y", "x")


def test_a_call_is_told_by_its_line():
    text = read_all()["z * z"]
    assert len(text.calls) == 1
    assert text.where == f"`z * z` (line {text.line}, called in line {text.calls[0]})"


@pytest.mark.parametrize(
    ("source", "operands"),
    [("x.mean(axis=0)", ["x"]), ("np.dot(a, b)", ["a", "b"]), ("-x", ["x"]), ("f(x)", ["x"]), ("x", [])],
)
def test_operands_are_the_parts_of_an_expression(source, operands):
    assert [ast.unparse(part) for part in list_operands(ast.parse(source, mode="eval").body)] == operands


def test_a_long_expression_is_cut():
    assert len(shorten(ast.parse("+".join(["variable"] * 40), mode="eval").body)) < LONGEST_TEXT


def test_code_without_a_source_has_no_text():
    code = compile("1 + x", "<nowhere>", "eval")
    assert read_spot(Spot(code, 0)) is None
    assert find_extent(code, 10**6) is None
