"""Ops that are nothing but a reference, cases of them, and the numbers of balls as fractions."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from gradcheck import Array, Case, Op, namespace

MORE_DIGITS = 80
"""Digits of truths that Python's decimal computes; the vectors have fifty."""


def make_op(reference, name="made_up", inputs=None, **parts):
    """An op with this reference; its forward and backward are never run."""
    never = {"forward": lambda *x: (x, x), "backward": lambda dy, cache: dy}
    return Op(name, *never.values(), reference, inputs=inputs or {"x": Array("*S")}, **parts)


def make_case(*point, upstream=None, labels=("x", "w"), **settings):
    """A case at a point, of an op with one output of the shape of the first input unless upstream says otherwise."""
    inputs = dict(zip(labels, map(np.asarray, point), strict=False))
    u = np.ones(np.shape(point[0])) if upstream is None else upstream
    return Case("made_up", inputs, u if isinstance(u, tuple) else (np.asarray(u),), settings, seed=1)


def call(name, *arguments, **options):
    """The reference that calls one function of the namespace."""
    return lambda x: getattr(namespace(x), name)(x, *arguments, **options)


def to_fraction(ball):
    """The number that a ball without a radius is."""
    mantissa, exponent = ball.man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent)


def is_within(truth, ball):
    """Whether a ball contains a fraction."""
    return abs(to_fraction(ball.mid()) - truth) <= to_fraction(ball.rad())


def by_decimal(function, x):
    """A function of a decimal number to eighty digits, as a fraction."""
    with localcontext() as context:
        context.prec = MORE_DIGITS + 20
        context.Emin, context.Emax = -(10**9), 10**9
        return Fraction(function(Decimal(x)))
