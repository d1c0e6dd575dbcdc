"""Files with pairs and classes, and what is found in them."""

from pathlib import Path

import pytest

from gradcheck import TargetError, find

PAIR = """
import numpy as np

def NAMEforward(x):
    return x * x, x

def NAMEbackward(dy, x):
    return 2 * x * dy
"""

DECLARED = """
from gradcheck import Array, Op
square = Op("square", forward, backward, inputs={"x": Array("*S")})
"""


def write(path, content, name=""):
    """A file, its folders made, with pairs of this name."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(content.replace("NAME", name))


def names(target):
    return [op.name for op in find(target)]


def refused(target, *words):
    """Whether the target is refused with a message that holds these words."""
    with pytest.raises(TargetError) as raised:
        find(target)
    assert [word for word in words if word not in str(raised.value)] == []
    assert "\n" not in str(raised.value)


WAITING = PAIR.replace("return x * x", "import neighbour\n    return neighbour.factor * x").replace("2 * x", "2")

GATE = """
class Square:
    def forward(self, x: "*S"):
        self.x = x
        return x * x
    def backward(self, dy):
        return 2 * self.x * dy
"""

SIZED = """
class Sized:
    def __init__(self, n, m):
        pass
    def forward(self, x: "*S"):
        return x
    def backward(self, dy):
        return dy
"""
