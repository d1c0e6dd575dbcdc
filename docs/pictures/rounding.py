"""The measured rounding of a formula that loses digits, beside its true error."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gradcheck.oracles.monte_carlo import measure_rounding


def draw() -> Figure:
    """Draw both for log(1 + x), relative to its value; log1p is the truth."""
    x = 10.0 ** np.linspace(-15.5, 1, 300)
    computed, true = np.log(1 + x), np.log1p(x)
    (bar,) = measure_rounding(lambda arrange: (np.log(1 + arrange(x)),), np.random.default_rng(0))
    figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
    axes.loglog(x, np.asarray(bar) / true, color="#0969da", label="measured error bar")
    errors = np.abs(computed - true) / true
    axes.loglog(x, np.maximum(errors, 1e-18), ".", color="#57606a", markersize=4, label="true error")
    axes.set(xlabel="x", ylabel="relative error of log(1 + x)", ylim=(1e-18, 10))
    axes.legend()
    return figure
