"""Value and gradient of a reference to fifty digits, each number with a rigorous error.

The gradient of L = Σ upstream · outputs is taken by central differences, (L(x + h) - L(x - h)) / 2h, element by
element: no automatic differentiation is in it.  Cauchy's estimate bounds their error of truncation: where L is analytic
for all complex z with |z - x| ≤ r, and |L(z) - L(x)| ≤ M there, its Taylor coefficients are at most M / r^k, so that
the differences are off by at most M/r · t / (1 - t), t = (h/r)².  Ball arithmetic on this disc gives M, and shows that
L is analytic there: it decides every comparison, and takes roots, logarithms and powers of positive numbers alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import acb, arb, ctx

from gradcheck.declaration.op import Op
from gradcheck.records.case import Case
from gradcheck.records.exact_numbers import DIGITS, ExactArray, ExactNumber
from gradcheck.vectors.ball_arrays import (
    BallArray,
    BallError,
    UndecidedComparison,
    convert_exactly,
    describe_missing_function,
    flatten,
    to_balls_of_array,
)

PRECISIONS = (512, 1024, 2048, 4096)
"""Bits of the arithmetic: 154 digits to 1233.  The later ones are used where digits cancel."""
DISC_EXPONENT = -66
"""The discs' radius, beside the number at their centre, as a power of two: far below the last digit of float64, so that
numbers beside a kink are told from it."""
ENOUGH_BITS = math.ceil((DIGITS + 2) * math.log2(10))
"""Bits of accuracy with which DIGITS digits are known."""
LEAST_OF_FLOAT64 = arb(2) ** -1076
"""Below it, float64 has only zero."""
COARSE_ZERO = 10
"""The error of a zero is a power of 10^10, so that it depends on no version of a library."""


@dataclass(frozen=True)
class ExactResults:
    """The outputs, and the gradients of the inputs, None for an input that has none, in the order of forward."""

    outputs: tuple[ExactArray, ...]
    gradients: tuple[ExactArray | None, ...]


def compute_exactly(op: Op, case: Case) -> ExactResults:
    """Compute outputs and gradients of a case.  Raises BallError where the reference cannot be run, or the case lies at
    a kink."""
    for precision in PRECISIONS:
        with ctx.workprec(precision):
            problem = Differentiation(op, case)
            outputs, gradients = problem.outputs(), problem.gradients()
            balls = flatten([*outputs, *(g for g in gradients if g is not None)])
            if all(map(is_known, balls)):
                break
    return ExactResults(
        tuple(write_array(y) for y in outputs), tuple(None if g is None else write_array(g) for g in gradients)
    )


def enclose_outputs(op: Op, case: Case) -> tuple[BallArray, ...]:
    """Return the outputs of the reference as balls, at the precision that is set.  Raises BallError."""
    return Differentiation(op, case).outputs()


def require_differentiable(op: Op, case: Case) -> None:
    """Raise UndecidedComparison for a case at a kink, and BallError where the reference is not analytic there, or
    cannot be run."""
    with ctx.workprec(PRECISIONS[0]):
        Differentiation(op, case).require_analytic()


def lies_within(op: Op, case: Case, distance: float) -> bool:
    """Whether a comparison of the reference turns out otherwise when each element moves by up to a distance."""
    with ctx.workprec(PRECISIONS[0]):
        problem = Differentiation(op, case)
        try:
            problem.evaluate(problem.make_discs(arb(distance)))
        except UndecidedComparison:
            return True
        except BallError:
            return False
    return False


class Differentiation:
    """The derivatives of the reference of an op at one case, at the precision that is set.

    ratio: the step of the differences beside the radius of the discs.
    """

    def __init__(self, op: Op, case: Case) -> None:
        if op.reference is None:
            raise BallError("it has no reference formula")
        self.op, self.case = op, case
        declarations = op.input_declarations(tuple(case.inputs))
        self.differentiable = [a.differentiable for a in declarations.arrays]
        self.settings = {name: exact_setting(value) for name, value in case.settings.items()}
        self.point: list[Any] = [convert_exactly(a) if a.dtype.kind == "f" else a for a in case.point]
        self.upstream = flatten([convert_exactly(u) for u in case.upstream])
        self.ratio = arb(2) ** (-ctx.prec // 4)

    def evaluate(self, point: Sequence[Any]) -> tuple[BallArray, ...]:
        """Run the reference.  Raises BallError, with the reason, where that fails."""
        assert self.op.reference is not None
        try:
            y = self.op.reference(*point, **self.settings)
        except BallError:
            raise
        except AttributeError as error:
            raise BallError(describe_missing_function(error)) from error
        except Exception as error:  # of a library that does not know balls
            raise BallError(f"the reference raises {type(error).__name__} for balls: {error}") from error
        return tuple(BallArray(to_balls_of_array(part)) for part in (y if isinstance(y, (tuple, list)) else (y,)))

    def outputs(self) -> tuple[BallArray, ...]:
        """Return the outputs at the case.  Raises BallError where one is not finite."""
        outputs = self.evaluate(self.point)
        for ball in flatten(outputs):
            require_finite(ball)
        return outputs

    def require_analytic(self) -> None:
        """Raise UndecidedComparison where a comparison is open on the discs around all elements, and BallError where an
        output is not analytic there."""
        for ball in flatten(self.evaluate(self.make_discs())):
            require_finite(ball)

    def make_discs(self, radius: arb | None = None) -> list[Any]:
        """Return the discs around all elements that have a gradient, of their own radii or all of one."""
        discs: Any = np.frompyfunc(make_disc, 2, 1)
        return [
            BallArray(discs(x.balls, radius or self.radii(i))) if self.differentiable[i] else x
            for i, x in enumerate(self.point)
        ]

    def gradients(self) -> list[BallArray | None]:
        """Return the gradient of each input, None for one that has none.  Raises BallError where one does not exist."""
        here = flatten(self.outputs())
        return [
            self.differentiate(i, here) if differentiable else None
            for i, differentiable in enumerate(self.differentiable)
        ]

    def differentiate(self, i: int, here: Sequence[arb]) -> BallArray:
        """Return the gradient of one input.  here: the outputs at the point."""
        gradient = np.empty(self.point[i].shape, dtype=object)
        for place, radius in np.ndenumerate(self.radii(i)):
            gradient[place] = self.differentiate_element(i, place, radius, here)
        return BallArray(gradient)

    def differentiate_element(self, i: int, place: tuple[int, ...], radius: arb, here: Sequence[arb]) -> arb:
        """Return the slope along one element by central differences, of the outputs that depend on it: an analytic
        function that is real on the whole disc is constant."""
        x = self.point[i].balls[place]
        around = [require_finite(ball) for ball in self.evaluate_at(i, place, make_disc(x, radius))]
        moving = [k for k, ball in enumerate(around) if not ball.imag.is_zero()]
        if not moving:
            return arb(0)
        variation = self.weigh(around, moving) - self.weigh(here, moving)
        h = radius * self.ratio
        beyond, before = (self.weigh(self.evaluate_at(i, place, x + step), moving) for step in (h, -h))
        truncation = arb(variation.abs_upper()) / radius * self.ratio**2 / (1 - self.ratio**2)
        return require_finite((beyond - before) / (2 * h) + arb(0, truncation.abs_upper()))

    def weigh(self, outputs: Sequence[Any], chosen: Sequence[int]) -> Any:
        """Return L, the sum of some outputs times their upstreams."""
        return sum((self.upstream[k] * outputs[k] for k in chosen), arb(0))

    def evaluate_at(self, i: int, place: tuple[int, ...], ball: Any) -> list[Any]:
        """Return all outputs with one element replaced."""
        balls = self.point[i].balls.copy()
        balls[place] = ball
        return flatten(self.evaluate([*self.point[:i], BallArray(balls), *self.point[i + 1 :]]))

    def radii(self, i: int) -> Any:
        """Return the radius of the disc around each element of an input."""
        sizes = np.abs(self.case.point[i])
        scale = float(sizes.max(initial=0.0)) or 1.0
        return np.frompyfunc(lambda size: power_of_two(size or scale, DISC_EXPONENT), 1, 1)(sizes)


def exact_setting(value: Any) -> Any:
    """Return a setting with which the reference computes without rounding."""
    return convert_exactly(np.asarray(value)) if isinstance(value, float) else value


def power_of_two(size: float, shift: int) -> arb:
    """Return the power of two below a number, times 2^shift."""
    return arb(1) * arb(2) ** (math.frexp(size)[1] - 1 + shift)


def make_disc(centre: arb, radius: arb) -> acb:
    """Return a square that holds the disc around a real number."""
    around = arb(0, radius)
    return acb(centre + around, around)


def require_finite(ball: Any) -> Any:
    """Return a ball.  Raises BallError where it is not finite."""
    if not ball.is_finite():
        raise BallError("the reference is not finite here")
    return ball


def is_known(ball: arb) -> bool:
    """Whether all digits that are written of a ball are known, or it is zero as far as float64 can tell."""
    if ball.contains(0):
        return bool(ball.abs_upper() < LEAST_OF_FLOAT64)
    return ball.rel_accuracy_bits() > ENOUGH_BITS


def write_array(array: BallArray) -> ExactArray:
    """Return an array of balls as decimal digits."""
    return ExactArray(array.shape, tuple(write_ball(ball) for ball in flatten([array])))


def write_ball(ball: arb) -> ExactNumber:
    """Return a ball as decimal digits, at most DIGITS of them, with a power of ten that bounds the error."""
    middle, radius, exponent = (int(part) for part in ball.mid_rad_10exp(DIGITS + 10))
    if middle and not radius and len(str(abs(middle)).rstrip("0")) <= DIGITS:
        return ExactNumber(middle, exponent)
    dropped = max(len(str(abs(middle))) - DIGITS, len(str(2 * radius)) if radius else 0)
    kept = (abs(middle) + 10**dropped // 2) // 10**dropped
    if not kept:
        return write_zero(abs(middle) + radius, exponent)
    return ExactNumber(kept if middle > 0 else -kept, exponent + dropped, exponent + dropped)


def write_zero(bound: int, exponent: int) -> ExactNumber:
    """Return zero with a power of ten above bound · 10^exponent, in steps of COARSE_ZERO."""
    if not bound:
        return ExactNumber(0, 0)
    return ExactNumber(0, 0, math.ceil((len(str(bound)) + exponent) / COARSE_ZERO) * COARSE_ZERO)
