"""Distances between points."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from tests.corpus.corpus import Fault


def distances(apart, p):
    return np.sum(np.abs(apart) ** p, axis=-1) ** (1 / p)


def cdist_forward(x, y, p):
    apart = x[:, None] - y
    d = distances(apart, p)
    return d, (apart, d.copy(), p)


def towards(apart, d, p):
    """The derivative of each distance by each coordinate; zero between points that coincide."""
    far = np.where(d > 0, d, 1)[..., None]
    return np.sign(apart) * (np.abs(apart) / far) ** (p - 1) * (d > 0)[..., None]


def cdist_backward(dd, cache):
    slopes = dd[..., None] * towards(*cache)
    return slopes.sum(axis=1), -slopes.sum(axis=0)


def cdist_by_division(dd, cache):
    apart, d, p = cache
    slopes = dd[..., None] * np.sign(apart) * np.abs(apart) ** (p - 1) / d[..., None] ** (p - 1)
    return slopes.sum(axis=1), -slopes.sum(axis=0)


def cdist_of_two(dd, cache):
    apart, d, _ = cache
    slopes = dd[..., None] * apart / np.where(d > 0, d, 1)[..., None]
    return slopes.sum(axis=1), -slopes.sum(axis=0)


def cdist_reference(x, y, p):
    xp = namespace(x)
    return xp.sum(xp.abs(x[:, None] - y) ** p, axis=-1) ** (1 / p)


cdist = Op(
    "cdist",
    cdist_forward,
    cdist_backward,
    cdist_reference,
    inputs={"x": Array("P D"), "y": Array("R D")},
    settings={"p": choice(2.0, 1.0, 3.0)},
)


def pdist_forward(x):
    first, second = np.triu_indices(len(x), k=1)
    apart = x[first] - x[second]
    d = distances(apart, 2)
    return d, (apart, d.copy(), first, second, x.shape)


def pdist_backward(dd, cache):
    apart, d, first, second, shape = cache
    slopes = dd[:, None] * towards(apart, d, 2)
    dx = np.zeros(shape, dd.dtype)
    np.add.at(dx, first, slopes)
    np.add.at(dx, second, -slopes)
    return dx


def pdist_in_grains(dd, cache):
    """The size of a parallel task is found by dividing by the number of points squared."""
    points = cache[-1][0]
    assert 2**15 // (8 * points * points) >= 0
    return pdist_backward(dd, cache)


pdist = Op(
    "pdist",
    pdist_forward,
    pdist_backward,
    inputs={"x": Array("P D")},
    sizes={"P": whole(0, None)},
)

FAULTS = (
    Fault(
        "cdist: 0/0",
        replace(cdist, backward=cdist_by_division),
        cdist,
        ("kinks",),
        "points that coincide",
        "pytorch#37154",
    ),
    Fault(
        "cdist: the gradient of p = 2 for every p",
        replace(cdist, backward=cdist_of_two),
        cdist,
        ("gradient",),
        "p != 2",
        "FlagGems#5023",
    ),
    Fault(
        "pdist: divided by the number of points",
        replace(pdist, backward=pdist_in_grains),
        pdist,
        ("contract",),
        "no points",
        "pytorch#197099",
    ),
)
