"""Rescaling x / √(mean x² + eps) and standardizing (x - μ) / √(σ² + eps) over some axes, each with its backward.

σ² is the biased variance, which is the mean of (x - μ)².  A mean over an empty batch is a mean of nothing: 0.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values


def count_over(shape: tuple[int, ...], axes: tuple[int, ...]) -> int:
    """How many elements a mean over these axes adds up, at least one to divide by."""
    return max(math.prod(shape[axis] for axis in axes), 1)


def average(x: Values, axes: tuple[int, ...], count: int) -> Values:
    """The mean over axes of so many elements; the axes stay, of length one."""
    return np.asarray(x.sum(axis=axes, keepdims=True) / count)


def rescale(x: Values, axes: tuple[int, ...], eps: float) -> tuple[Values, Any]:
    """x̂ = x / √(mean x² + eps), and what backward needs."""
    count = count_over(x.shape, axes)
    scale = 1 / np.sqrt(average(np.square(x), axes, count) + eps)
    normal = x * scale
    return normal, (normal, scale, axes, count)


def rescale_backward(dnormal: Values, cache: Any) -> Values:
    """dx = (dx̂ - x̂ mean(dx̂ x̂)) / √(mean x² + eps)."""
    normal, scale, axes, count = cache
    return np.asarray(scale * (dnormal - normal * average(dnormal * normal, axes, count)))


def standardize(x: Values, axes: tuple[int, ...], eps: float) -> tuple[Values, Any]:
    """x̂ = (x - μ) / √(σ² + eps), and what backward needs."""
    return rescale(x - average(x, axes, count_over(x.shape, axes)), axes, eps)


def standardize_backward(dnormal: Values, cache: Any) -> Values:
    """dx = (dx̂ - mean dx̂ - x̂ mean(dx̂ x̂)) / √(σ² + eps): what changes mean or variance alone has no effect.

    Source: Ioffe and Szegedy 2015, section 3."""
    _, _, axes, count = cache
    return rescale_backward(dnormal - average(dnormal, axes, count), cache)
