"""Minkowski distances (Σ |d|^p)^(1/p) of differences d over the last axis, and their slopes."""

import numpy as np

from gradcheck.arrays import Values


def distances(apart: Values, p: int) -> Values:
    """The length of each row of differences, its largest element taken out first.  (*S, D) → (*S, 1)."""
    largest = np.abs(apart).max(axis=-1, keepdims=True)
    shares = np.abs(apart) / np.where(largest > 0, largest, 1)
    return np.asarray(largest * (shares**p).sum(axis=-1, keepdims=True) ** (1 / p))


def slopes(apart: Values, p: int) -> Values:
    """sign(d) (|d| / distance)^(p - 1), zero for a row of zeros.  (*S, D) → (*S, D)."""
    lengths = distances(apart, p)
    return np.sign(apart) * (np.abs(apart) / np.where(lengths > 0, lengths, 1)) ** (p - 1)


def distance_kinks(apart: Values, p: int) -> Values:
    """The differences themselves for p = 1, else the distance from a row of zeros."""
    return apart if p == 1 else distances(apart, p)
