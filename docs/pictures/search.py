"""What the search draws for a linear layer: lengths of axes, and magnitudes of values."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gradcheck import load
from gradcheck.generation.search import generate_cases

CASES = 400
TICKS = (1, 2, 4, 16, 64, 256)


def draw() -> Figure:
    """Draw both as histograms over some hundred cases."""
    cases = list(generate_cases(load("", "linear"), CASES, seed=0))
    lengths = np.array([length for case in cases for length in case.inputs["x"].shape])
    values = np.abs(np.concatenate([case.inputs["x"].ravel() for case in cases]))
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    left.hist(lengths, bins=2.0 ** np.arange(-0.5, 9), color="#0969da", edgecolor="white")
    left.set_xscale("log", base=2)
    left.set_xticks(TICKS, TICKS)
    left.set(xlabel="length of an axis of x", ylabel=f"axes in {CASES} cases")
    right.hist(np.log10(values[values > 0]), bins=np.arange(-14, 10), color="#0969da", edgecolor="white")
    right.set(xlabel="log10 of the magnitude of an element of x", ylabel="elements", yscale="log")
    return figure
