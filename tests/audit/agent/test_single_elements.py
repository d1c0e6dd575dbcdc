"""An array of one element is a number where NumPy took it for one; nothing else changes."""

import ast

import numpy as np
import pytest

from gradcheck.audit.agent.single_elements import take_element, take_number, take_single_elements
from tests.audit.agent.student_files import call, load, run

STEP = """
import numpy as np
def step(s, b):
    return np.sum(s) + float(b)
def fill(s, b):
    out = np.zeros((2, 3))
    out[0, 1] = np.sum(s) + b
    out[1, 1] += s[:1]
    return out, int(np.array([3]))
def keep(b):
    kept = [None]
    kept[0] = b
    kept += [{}]
    kept[1]["b"] = b
    return kept[0].shape, kept[1]["b"].shape
def wide(b):
    out = np.zeros(2)
    out[0] = b
    return out
def parse(text):
    return float(text), float(), int("101", 2)
"""


def test_an_array_of_one_element_is_a_number_for_float_and_for_an_element(agent):
    load(agent, layers=STEP)
    assert run(agent, "step", np.ones((2, 2)), np.full((1, 1, 1), 0.5)) == 4.5
    out, number = run(agent, "fill", np.ones(4), np.full((1, 1, 1), 0.5))
    assert (out.tolist(), number) == ([[0, 4.5, 0], [0, 1, 0]], 3)


def test_lists_and_dictionaries_keep_the_array_and_text_is_read(agent):
    load(agent, layers=STEP)
    assert run(agent, "keep", np.ones((1, 1))) == ((1, 1), (1, 1))
    assert run(agent, "parse", "2.5") == (2.5, 0.0, 5)


@pytest.mark.parametrize(
    ("name", "args", "raised", "line"),
    [("wide", (np.ones(2),), "ValueError", 18), ("step", (np.ones(2), np.ones(2)), "TypeError", 4)],
)
def test_an_array_of_more_elements_is_no_number(agent, name, args, raised, line):
    load(agent, layers=STEP)
    answer = call(agent, name, *args)
    assert (answer["raised"], answer["line"]) == (raised, line)


def test_noise_stays_on_what_is_taken():
    class Kept(np.ndarray):
        pass

    a = np.ones((1, 1)).view(Kept)
    assert (type(take_number(a)), take_number(a).shape) == (Kept, ())
    assert take_element(np.zeros(2), a).shape == ()
    assert take_element(np.zeros(2, object), a) is a


def test_a_very_long_expression_is_left_as_it_is():
    node = nest(3000)
    assert take_single_elements(node) is node


def nest(levels):
    value = ast.Name("a", ast.Load())
    for _ in range(levels):
        value = ast.UnaryOp(ast.USub(), value)
    return ast.Expr(value)
