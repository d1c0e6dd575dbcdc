"""The weight of each output in the upstream, by how well its derivative is known."""

from collections.abc import Sequence

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.error_factors import FAINT
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative


def weigh_outputs(count: int, found: Sequence[DirectionalDerivative], evenly: bool = False) -> Values:
    """The weight of each output, zero where it is unreliable and 1 / error elsewhere, so that one poorly known output
    blurs no other.  evenly: whether all that are known have the same weight, as where others than the differences
    judge."""
    weight = np.ones(count)
    for slope in found:
        value, error = slope.estimate.value, slope.estimate.error
        known = np.isfinite(error) & np.isfinite(value)
        if value.shape == (1,) and not known[0]:
            continue  # a kinked scalar: its coordinates are left out instead
        if evenly:
            weight = weight * known
            continue
        wanted = max(
            1e-9 * float(np.max(np.abs(value), initial=0, where=known)),
            float(np.min(error, initial=1.0, where=known)),
            1e-300,
        )
        weight = np.minimum(weight, np.where(known, np.minimum(1, wanted / np.maximum(error, 1e-300)), 0.0))
    return np.where(weight > FAINT, weight, 0.0)
