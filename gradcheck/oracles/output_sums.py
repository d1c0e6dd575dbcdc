"""Weighted sums of the outputs of a large point, in place of the outputs themselves.

What differences find of an output is projected on the upstream; where outputs are many, their product with the upstream
is summed over blocks first, so that time and memory go by the number of blocks.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values, join
from gradcheck.evaluation.evaluator import Evaluator

BLOCKS = 2**14
"""The number of blocks: few enough to cost nothing beside the forward, many enough that one at a kink is missed by
nobody."""


class OutputSums:
    """The sums over blocks of the product of outputs and upstream.

    offsets: as large as the terms of each block, and added to its sum, so that the last digit of what results is that
    of the terms, also where these cancel.
    """

    def __init__(self, outputs: Values, upstream: Values) -> None:
        finite = np.isfinite(outputs)
        self.weights = upstream if finite.all() else np.where(finite, upstream, 0.0)
        self.starts = np.linspace(0, outputs.size, BLOCKS, endpoint=False).astype(np.intp)
        self.lengths = np.diff(self.starts, append=outputs.size)
        self.is_total = bool(self.weights.all())
        self.offsets = 2 * np.add.reduceat(np.abs(self.make_terms(outputs)), self.starts)

    def make_terms(self, outputs: Values) -> Values:
        """The products of some outputs and their weights, 0 where an output has none."""
        return np.asarray((outputs if self.is_total else np.where(self.weights == 0, 0, outputs)) * self.weights)

    def reduce(self, outputs: Values) -> Values:
        """The sums of some outputs, of whatever dtype."""
        return np.asarray(np.add.reduceat(self.make_terms(outputs), self.starts) + self.offsets)

    def weigh(self, upstream: Values) -> Values:
        """The weight of each block in an upstream that is this one times a number for each block."""
        squares = np.add.reduceat(self.weights * self.weights, self.starts)
        return np.asarray(np.add.reduceat(upstream * self.weights, self.starts) / np.where(squares, squares, 1.0))

    def expand(self, of_blocks: Values) -> Values:
        """A number of each block for each of its outputs."""
        return np.repeat(of_blocks, self.lengths)


def sum_outputs(evaluator: Evaluator) -> OutputSums | None:
    """The sums of the outputs of a large case; None where these are few enough to be looked at one by one."""
    case = evaluator.case
    if not case.is_large or sum(u.size for u in case.upstream) <= BLOCKS:
        return None
    found: Any = evaluator.compute_once(
        "output sums", lambda: OutputSums(join(evaluator.outputs(case.point)), join(case.upstream))
    )
    return found
