"""Ops and prepared cases for the steps of the law gradient."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.gradient.preparation import prepare_case
from gradcheck.oracles.directional import Care
from tests.laws.observing import make_case


def make_op(forward, backward, reference=None):
    """An op of one vector."""
    return Op("f", lambda x: (forward(x), x), backward, reference, inputs={"x": Array("N")})


def prepare(op, *inputs, care=Care.FULL, **given):
    """The prepared case of an op at these inputs."""
    return prepare_case(Evaluator(op, make_case(op, *inputs, **given)), care)


SINE = make_op(np.sin, lambda dy, x: dy * np.cos(x), lambda x: namespace(x).sin(x))
WRONG_SINE = make_op(np.sin, lambda dy, x: 2 * dy * np.cos(x), lambda x: namespace(x).sin(x))
X = np.array([0.5, -1.25, 3.0])
