"""Prepared cases of small ops."""

from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.gradient.preparation import prepare_case
from gradcheck.oracles.directional import Care
from tests.laws.observing import make_case


def prepare(op, *inputs, care=Care.FULL, **given):
    """The gradient case of an op at these inputs."""
    return prepare_case(Evaluator(op, make_case(op, *inputs, **given)), care)
