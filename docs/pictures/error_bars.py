"""The error of central differences at every step, and that of the estimate with its bar."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gradcheck import numerical_gradient

POINT = 1.0


def draw() -> Figure:
    """Draw the errors on logarithmic axes, of sin at 1."""
    steps = 10.0 ** np.linspace(-14, 0, 141)
    true = np.cos(POINT)
    errors = np.abs((np.sin(POINT + steps) - np.sin(POINT - steps)) / (2 * steps) - true)
    estimate = numerical_gradient(lambda x: np.sin(x)[0], np.array([POINT]))
    figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
    axes.loglog(steps, np.maximum(errors, 1e-17), ".", color="#57606a", markersize=4)
    axes.axhline(estimate.error[0], color="#0969da")
    own = max(abs(estimate.value[0] - true), 1e-17)
    axes.axhline(own, color="#0969da", linestyle=":")
    axes.annotate("its true error", (1e-14, own * 1.6), color="#0969da")
    axes.annotate("rounding", (1e-11, 1e-4), ha="center")
    axes.annotate("curvature", (1e-3, 1e-5), ha="center")
    axes.annotate("error bar of numerical_gradient", (1e-14, estimate.error[0] * 1.6), color="#0969da")
    axes.set(xlabel="step", ylabel="error of the difference quotient", ylim=(5e-18, 1))
    return figure
