"""Causes of small ops, for tests of hypotheses."""

from gradcheck import Array, Op, indices
from gradcheck.causes.explanation import FEWEST_WRONG, collect_cases, find_causes
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.isolation import silence_warnings


def declare(forward, backward, settings=(), sizes=(), **shapes) -> Op:
    """An op with inputs of these shapes; "N: C" is an input of indices into C."""
    inputs = {}
    for label, shape in shapes.items():
        axes, _, into = shape.partition(": ")
        inputs[label] = Array(axes, indices(into)) if into else Array(axes)
    return Op("explained", forward, backward, inputs=inputs, settings=dict(settings), sizes=dict(sizes))


def collect(op, label):
    """The telling cases of an op with a wrong gradient of an input, as many on a slow machine as on a fast one."""
    wrong, right = collect_cases(draw_telling_cases(op, 0), label, clock=lambda: 0.0)
    assert len(wrong) >= FEWEST_WRONG
    return [*wrong, *right]


def explain(op, label):
    """The causes of the wrong gradient of an input, by name in the order in which they are named, with their words."""
    found = {}
    with silence_warnings():
        for cause in find_causes(collect(op, label), label):
            found.setdefault(cause.name, cause.words)
    return found


def first(op, label):
    """The name and words of the first cause; None without one."""
    return next(iter(explain(op, label).items()), None)


def find_with(propose, op, label):
    """The causes that a function proposes for an input, and that reproduce its gradient in all telling cases."""
    with silence_warnings():
        found = [reproduced(propose, case, label) for case in collect(op, label)]
    return [cause for cause in found[0] if all(cause in others for others in found)]


def reproduced(propose, case, label):
    """The causes that reproduce the gradient of an input in one case."""
    i = case.labels.index(label)
    return list(dict.fromkeys(h.cause for h in propose(case, i) if case.is_claimed(i, h.gradient)))


def names(causes):
    """The names of causes, each once."""
    return list(dict.fromkeys(cause.name for cause in causes))
