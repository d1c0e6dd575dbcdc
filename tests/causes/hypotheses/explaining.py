"""Causes of small ops, for tests of hypotheses."""

from gradcheck import Array, Op, indices
from gradcheck.causes.explanation import FEWEST_WRONG, collect_cases, find_causes
from gradcheck.causes.telling_cases import draw_telling_cases


def declare(forward, backward, settings=(), sizes=(), **shapes) -> Op:
    """An op with inputs of these shapes; "N: C" is an input of indices into C."""
    inputs = {}
    for label, shape in shapes.items():
        axes, _, into = shape.partition(": ")
        inputs[label] = Array(axes, indices(into)) if into else Array(axes)
    return Op("explained", forward, backward, inputs=inputs, settings=dict(settings), sizes=dict(sizes))


def explain(op, label):
    """The causes of the wrong gradient of an input, by name in the order in which they are named, with their words."""
    wrong, right = collect_cases(draw_telling_cases(op, 0), label)
    assert len(wrong) >= FEWEST_WRONG
    found = {}
    for cause in find_causes([*wrong, *right], label):
        found.setdefault(cause.name, cause.words)
    return found


def first(op, label):
    """The name and words of the first cause; None without one."""
    return next(iter(explain(op, label).items()), None)
