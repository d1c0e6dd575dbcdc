"""Lawful and unlawful gradients of relu at zero."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

LAWFUL, UNLAWFUL = (0.0, 0.5, 1.0), (-0.5, 1.5)


def draw() -> Figure:
    """Draw relu, with a line through its kink for each of some gradients."""
    x = np.linspace(-1, 1, 201)
    figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
    axes.fill_between(x, np.minimum(0, x), np.maximum(0, x), color="#0969da", alpha=0.12)
    for slope in (*LAWFUL, *UNLAWFUL):
        lawful = slope in LAWFUL
        axes.plot(x, slope * x, "--", color="#0969da" if lawful else "#cf222e", linewidth=1.2)
        axes.annotate(
            f"{slope:g}: {'lawful' if lawful else 'fails'}", (1.02, slope), color="#0969da" if lawful else "#cf222e"
        )
    axes.plot(x, np.maximum(x, 0), color="black", linewidth=2.5, label="relu")
    axes.plot(0, 0, "o", color="black")
    axes.set(xlabel="x", xlim=(-1, 1.35), ylim=(-0.8, 1.6))
    axes.legend(loc="upper left")
    return figure
