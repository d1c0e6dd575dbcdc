"""Assignments of one's own, as files."""

import pytest

from gradcheck.audit.assignment import AssignmentError
from gradcheck.audit.assignment_reading import read_assignment

MODEL = """
import numpy as np

def square_forward(x: "N D"):
    return x * x, x
def square_backward(dout, x):
    return 2 * x * dout
def square_reference(x):
    return x ** 2.0
def half_forward(x: "N D"):
    return x * x / 2, x
def half_backward(dout, x):
    return x * dout
def total_loss(x: "N D", y: "N D"):
    return np.sum(x * y), y + 0.0
class Square:
    def forward(self, x: "N D"):
        self.x = x
        return x * x
    def backward(self, dout):
        return 2 * self.x * dout
def call_square(Square, x: "N D"):
    return Square().forward(x)
"""
ROW = """
[[functions]]
name = "square"
forward = "square_forward"
backward = "square_backward"
"""
HEAD = 'model = "answers.py"\n'


def write_assignment(folder, text=HEAD + ROW, model=MODEL):
    """Write an assignment and its model answers; return the path of its TOML file."""
    (folder / "answers.py").write_text(model)
    path = folder / "course.toml"
    path.write_text(text)
    return path


def read_text(folder, text=HEAD + ROW, model=MODEL):
    """Return the assignment of a text."""
    return read_assignment(write_assignment(folder, text, model))


def is_refused(folder, text, *words, model=MODEL):
    """Whether an assignment is refused in one line that holds these words, and the name of its file."""
    with pytest.raises(AssignmentError) as raised:
        read_text(folder, text, model)
    said = str(raised.value)
    assert [word for word in ("course.toml", *words) if word not in said] == [], said
    return "\n" not in said
