"""Softmax and its logarithm: every way to leave out what couples the classes."""

from dataclasses import replace

import numpy as np

from gradcheck.ops.activations.log_softmax import log_softmax
from gradcheck.ops.activations.softmax import softmax
from tests.corpus.corpus import Fault


def times_the_exponential(x):
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True), e


def kronecker_by_upstream(dy, y):
    return np.exp(y) + dy


def sum_with_the_output(dy, y):
    return dy - np.sum(dy * y, axis=-1, keepdims=True)


def weighted_and_unweighted(dy, y):
    return dy - np.exp(y) * np.sum(np.exp(y) * dy / np.exp(y), axis=-1, keepdims=True)


FAULTS = (
    Fault(
        "softmax: the dot product is missing",
        replace(softmax, backward=lambda dy, y: y * dy),
        softmax,
        ("gradient",),
        "any",
        "Odyssey#2134",
    ),
    Fault(
        "softmax: the upstream times the exponentials",
        replace(softmax, forward=times_the_exponential, backward=lambda dy, e: dy * e),
        softmax,
        ("gradient",),
        "any",
        "mobula#3",
    ),
    Fault(
        "softmax: the diagonal of the Jacobian alone",
        replace(softmax, backward=lambda dy, y: dy * y * (1 - y)),
        softmax,
        ("gradient",),
        "more than one class",
        "libnd4j#440",
    ),
    Fault(
        "softmax: the upstream handed on",
        replace(softmax, backward=lambda dy, y: dy.copy()),
        softmax,
        ("gradient",),
        "any",
        "darknet#96",
    ),
    Fault(
        "log_softmax: the upstream in place of Kronecker's delta",
        replace(log_softmax, backward=kronecker_by_upstream),
        log_softmax,
        ("gradient", "linearity"),
        "any",
        "mlpack#2360",
    ),
    Fault(
        "log_softmax: the sum is taken with the output",
        replace(log_softmax, backward=sum_with_the_output),
        log_softmax,
        ("gradient",),
        "any",
        "oneDNN#616, MIOpen#112",
    ),
    Fault(
        "log_softmax: e^y dy / e^y",
        replace(log_softmax, backward=weighted_and_unweighted),
        log_softmax,
        ("extremes", "precision"),
        "y far below zero",
        "dynet#218",
    ),
)
