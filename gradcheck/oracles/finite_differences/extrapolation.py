"""Richardson extrapolation of slopes at falling steps."""

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.error_factors import COLUMNS, SAFETY
from gradcheck.records.evidence import Estimate


def extrapolate(raw: Values, power: int, noise: Values, usable_from: Values) -> Estimate:
    """The best entry of the extrapolation table, per output.  raw[k] is the slope at STEPS[k], off by powers of
    h**power; noise[k] is its rounding; entries before usable_from straddle a kink."""
    values, errors, column = [], [], raw
    for order in range(COLUMNS):
        gap = np.abs(np.diff(column, axis=0))
        departure = gap.copy()
        for k in reversed(range(len(gap) - 1)):
            np.maximum(gap[k], (gap[k] + departure[k + 1]) / 4, out=departure[k])
        entries = len(gap) - 1
        usable = np.arange(entries)[:, None] >= usable_from
        values.append(column[:entries])
        errors.append(np.where(usable, SAFETY * departure[:entries] + noise[order : order + entries], np.inf))
        column = column[1:] + (column[1:] - column[:-1]) / (4.0 ** (power * (order + 1)) - 1)
    error, value = np.concatenate(errors), np.concatenate(values)
    error[np.isnan(error)] = np.inf
    best = np.argmin(error, axis=0)[None]
    return Estimate(*(np.take_along_axis(a, best, 0)[0] for a in (value, error)))
