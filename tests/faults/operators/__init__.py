"""The operators of mutation: each takes a node of a syntax tree and gives the nodes that may stand in its place."""

from tests.faults.operators import arithmetic, axes, choices, storage
from tests.faults.operators.operator import OPERATORS, Operator

__all__ = ["OPERATORS", "Operator", "arithmetic", "axes", "choices", "storage"]
