"""The operators of mutation: each takes a node of a syntax tree and gives the nodes that may stand in its place."""

from tests.corpus.operators import arithmetic, axes, choices, storage
from tests.corpus.operators.operator import OPERATORS, Operator

__all__ = ["OPERATORS", "Operator", "arithmetic", "axes", "choices", "storage"]
