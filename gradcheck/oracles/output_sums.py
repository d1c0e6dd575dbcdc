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
        shorter, self.longer = divmod(outputs.size, BLOCKS)
        self.lengths = np.repeat([shorter + 1, shorter], [self.longer, BLOCKS - self.longer])
        self.starts = np.cumsum(self.lengths) - self.lengths
        self.is_total = bool(self.weights.all())
        self.offsets = 2 * self.sum_products(np.abs(self.weights), np.abs(self.clear_unweighted(outputs)))

    def clear_unweighted(self, outputs: Values) -> Values:
        """Some outputs, 0 where they have no weight, and need not be finite."""
        return outputs if self.is_total else np.where(self.weights == 0, 0, outputs)

    def sum_products(self, weights: Values, outputs: Values) -> Values:
        """The sum over each block of the products of weights and outputs."""
        if type(outputs) is not np.ndarray:  # whose operations are watched one by one
            return np.asarray(np.add.reduceat(weights * outputs, self.starts))
        end, length = int(self.lengths[: self.longer].sum()), int(self.lengths[-1])
        cuts = ((slice(end), length + 1), (slice(end, None), length))
        parts = [np.vecdot(weights[cut].reshape(-1, n), outputs[cut].reshape(-1, n)) for cut, n in cuts]
        return np.concatenate(parts)

    def reduce(self, outputs: Values) -> Values:
        """The sums of some outputs, of whatever dtype."""
        return np.asarray(self.sum_products(self.weights, self.clear_unweighted(outputs)) + self.offsets)

    def weigh(self, upstream: Values) -> Values:
        """The weight of each block in an upstream that is this one times a number for each block."""
        squares = self.sum_products(self.weights, self.weights)
        return np.asarray(self.sum_products(self.weights, upstream) / np.where(squares, squares, 1.0))

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
