"""The curves of a function of one variable: its value and its slope, sampled."""

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.records.case import Case

PLOTTED = (-4, 4)
"""The plain numbers, mapped into the domain of an input, between which a function is plotted."""


def is_univariate(op: Op, case: Case) -> bool:
    """Whether an op is a function of one variable without settings, applied to each element.  case: any of the op."""
    arrays = list(op.inputs.values())
    one = len(arrays) == 1 and isinstance(arrays[0], Array) and arrays[0].differentiable
    return one and len(op.outputs) == 1 and not op.settings and acts_elementwise(op, case)


def acts_elementwise(op: Op, case: Case) -> bool:
    """Whether forward maps each element by itself, as far as one case tells: elements that change places take their
    outputs with them, and one that changes changes no other's."""
    (x,) = case.point
    if x.size < 2:
        return False
    changed = x.copy()
    changed.flat[-1] = x.flat[0]
    try:
        (y,), (moved,), (beside,) = (Evaluator(op, case).outputs((a,)) for a in (x, np.roll(x, 1), changed))
    except (UserError, Malformed):
        return False
    return x.shape == y.shape and bool(np.all(moved == np.roll(y, 1)) and np.all(beside.flat[:-1] == y.flat[:-1]))


def sample_curves(op: Op, shape: tuple[int, ...]) -> tuple[Values, dict[str, Values]]:
    """Sample value and slope over the part of the domain near zero.  shape: one of the input's, whose first axis is
    made long.  Raises UserError and Malformed."""
    ((label, declared),) = op.inputs.items()
    assert isinstance(declared, Array)
    points = np.unique(declared.domain.map(np.linspace(*PLOTTED, 257), {}))
    x = np.empty((len(points), *shape[1:]))
    x.T[...] = points
    evaluator = Evaluator(op, Case(op.name, {label: x}, (), {}, 0))
    (y,), (slope,) = evaluator.results((x,), (np.ones_like(x),))
    assert slope is not None
    return points, {f"{op.name}({label})": take_first_rows(y), "slope": take_first_rows(slope)}


def take_first_rows(a: Values) -> Values:
    """Return the elements along the first axis, at the first place of all others."""
    return a.reshape(len(a), -1)[:, 0]
