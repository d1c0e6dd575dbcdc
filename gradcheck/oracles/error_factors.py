"""Every factor in an error bar, with the reason for its value.  Powers of two, so that applying one rounds nothing."""

import numpy as np

EPS = 2.0**-52
"""Relative spacing of float64: one correctly rounded operation is off by at most half of it."""

EPS32 = 2.0**-23
"""Relative spacing of float32."""

NUDGE = 2.0**-26
"""Relative perturbation in Monte Carlo arithmetic: the square root of EPS, where neither rounding nor curvature
dominates it."""

FINE_NUDGE, NUDGE_JUMP_SHARE = 2.0**-46, 0.25
"""The perturbation at full care: a result that saturates under a NUDGE, as a nearly constant row far from zero that is
normalised, moves by a larger multiple of a finer one.  2^6 EPS: rounding itself is still small beside it.  A result
that a perturbation of 2^-20 moves by more than a quarter of its movement under a NUDGE has jumped, as across a
comparison: that is not rounding."""

LARGEST_SHIFT = 2.0**-30
"""The share of the largest number up to which a movement of a result by the last digits of its inputs is rounding: more
is a jump, as across a comparison, or a number that is cast to float32 on the way (2^-24)."""

COMFORTABLE_SHARE = 0.25
"""A difference below this share of the narrowest error bar, that of the last digit, needs no measured error bar."""

FEW_REPEATS = 2
"""Monte Carlo repeats of a first measurement: the root mean square of 2 normal movements is more than
1 / COMFORTABLE_SHARE of the true one with probability 1e-7 (of one movement, 6e-5), so that a difference below
COMFORTABLE_SHARE of it would pass with REPEATS as well."""

REPEATS = 12
"""Monte Carlo repeats where code is run again to explain a difference: the root mean square of 12 normal movements is
less than 1 / SAFETY of the true one with probability 3e-6."""

AUTODIFF_REPEATS = 6
"""Monte Carlo repeats of the reference, in every case: less than 1 / AUTODIFF of the true movement with probability
2e-5."""

NEIGHBOUR_REPEATS = 2
"""Monte Carlo repeats at each of the three points at which the differences measure rounding: six together."""

LONG_SUM_TERMS, LONG_SUM_SHARE = 64, 0.25
"""Number of terms above which a sum accumulates more rounding than one operation, and its share.  Equal terms round
alike, so that n roundings, each at most EPS / 2 of a partial sum, all go one way: those of partial sums that grow as k
add up to EPS n / 4 times the sum, those of ones that grow as the root of k to EPS n sqrt(n) / 3 times the size of a
term.  (Measured: the sum of 257 to 4,096 equal numbers in float32 is off by up to n EPS / 8 along the first axis.)"""

MANTISSAS = 127
"""Different shares of its size, in 128ths, by which an element moves in a difference step; a prime, so that elements a
row or a page apart do not move alike."""

SAFETY = 4.0
"""On a measured spread: rounding errors of a few operations add up to two or three standard deviations, and REPEATS
is small."""

AUTODIFF = 8.0
"""On the movement of the reference's gradient: the reference rounds in its forward and again in its backward, SAFETY
each."""

STEPS = 2.0**-3 * 4.0 ** -np.arange(17)
"""Difference steps: from an eighth of the input's size, where rounding is least, down to 2^-35, where a kink 1e-10 away
is detected."""

SIDE_STEPS = STEPS[2:13]
"""Steps away from a kink: the coarsest steps cross other kinks, and the finest consist of rounding."""

CHECKED_LEVELS = (6, 8, 11, len(STEPS))
"""Numbers of levels after which convergence is tested: the extrapolation table has 4 columns, and an entry needs two
finer ones that confirm it."""

QUICK_DERIVATIVE_STEPS = 2.0**-10 * 4.0 ** -np.arange(3)
"""Difference steps of the quick derivative, where f is assumed to be smooth and to round in its last digit alone; a
contradiction by these steps is examined with STEPS before it counts."""

QUICK_DERIVATIVE_STEPS_WITH_REFERENCE = QUICK_DERIVATIVE_STEPS[1:], QUICK_DERIVATIVE_STEPS[1:] * 2.0**-8
"""Difference steps of the quick derivative beside a reference, which knows every element: a pair of steps is enough,
and where the curvature of f is too large for the first pair, the second may still give three digits."""

COLUMNS = 4
"""Columns of the extrapolation table: h^2, h^4, h^6, h^8 are removed; more only amplify rounding (by 4/3 in all)."""

KINK_FALL = 0.4
"""One-sided slopes that differ by O(h) lose 3/4 of their difference per level, by O(1) none: 0.4 lies between 1/4 and
1."""

SLOPE_RISE, RISE_VISIBILITY_FACTOR = 0.5, 16.0
"""The slope of a smooth function is the same over all small steps, that of |x|**a at zero rises by 4**(1 - a) per level
(2.5 for a cube root, 4 at a jump), and so by more than half of itself for every a up to 0.7.  A slope this many times
its rounding is known to an eighth, so that rounding alone rises by less."""

VISIBILITY_FACTOR = 4.0
"""A second difference is significant above this many times the rounding: it is a sum of four rounded values."""

REORDERING_FACTOR = 8.0
"""On EPS times the largest element, where sums are taken in another order: terms that cancel leave their rounding."""

WIDEST_STEP = 2.0**-7
"""The spacing of bfloat16, the coarsest number format in use: a larger step of f is f's own."""

CONVERGED = 1e-10
"""Relative error at which an output needs no finer step: a gradient that is wrong by 1e-9 is then detected."""

UNEVEN_RATIO = 2.0**-16
"""Ratio below which sizes are uneven: a step of 2^-35 of the largest is then one of 2^-19 of the smallest, too coarse
for three digits where f varies on the scale of the smallest."""

FAINT = 1e-6
"""Upstream weights below this contribute less than the rounding of the other terms."""

COMPLEX_STEP = 2.0**-80
"""The imaginary step: its square vanishes beside any real part, and it is far from underflow."""

UNDERFLOW = 2.0**-511
"""Root of the smallest normal number: the square of a smaller number underflows, so no error bar is narrower."""

THREE_DIGITS = 2.0**-10
"""A witness whose error is below this share of its value knows it to three digits: enough to confirm the complex step,
or beside a reference that knows every element."""

HALF_THE_DIGITS = 2.0**-26
"""A gradient whose rounding exceeds this has lost more than half of its digits: imprecise, though not wrong."""

ONE_DIGIT = 2.0**-3
"""A number that is known to within this share of itself has one right digit; a witness that does not know one of what
it judges has not spoken, and a gradient that is off by more has none."""

LAST_DIGITS = 2.0**10
"""Lost digits of a gradient do not count unless they change an output by more than this times its EPS: 1 - s of a
saturated s has an error of EPS, and its input may be several hundred."""

FLOAT32_LEVEL = 2.0**-18
"""A relative error below this, 32 spacings of float32, may come from a cast to float32 inside."""

FEWER_DIGITS = 8.0
"""Factor by which an error must shrink in long double to be rounding: long double has 11 bits more (2048), and part of
the remaining error is the reference's."""

FLOAT32_STEP = 2.0**-30
"""A second difference this large relative to the gradient is a float32 step (2^-24, or less after a sum), not curvature
(2^-40 for a step of 2^-20)."""

DITHER, FINER_DITHER, JUMP_SHARE = 2.0**-40, 2.0**-44, 0.5
"""Shares of an input's size by which it is moved to test whether a gradient jumps.  A smooth gradient changes over the
finer move by a sixteenth of its change over the other; one that changes by more than half of it has jumped."""

DITHER_TRIALS, NEIGHBOUR_TRIALS = 2, 4
"""Moves by a dither, each in both directions, so that a kink at the point is crossed by one of them; and points at the
distance of a difference step, each of which is on the other side of a given kink with probability 1/2."""

FAINT_KINK = 2.0**-10
"""Relative error up to which a kink may remain undetected: the differences detect one by its jump over the finest
steps, and the jump of a unit with a small part in a loss is less than that loss's rounding, some 2^-50 over 2^-20.  An
error as small as this is examined at nearby points, where a wrong formula is wrong as well."""

REGRESSION = 10.0
"""An error has regressed when it is this many times larger than in the baseline: one decimal digit."""

FLOOR = {"float64": 64 * EPS, "float32": 64 * EPS32}
"""Relative errors below this are rounding: 8 operations' worth, SAFETY twice."""

NOISE_STEP, NOISE_PERSISTENCE = 2.0**-9, 2.0**-3
"""The relative step over which the noise of a function is measured: two of the spacings of float16, a quarter of one of
bfloat16.  From the fourth difference to the seventh, those of a smooth function fall by the third power of the step
times its slopes, noise not at all."""

LEAST_NOISE, MOST_NOISE = 2.0**-32, 2.0**-5
"""Noise between these is the rounding of a narrower precision: a tenth of that of float32, and all of that of a few
operations in bfloat16."""

COARSE_NUDGE = 4.0
"""Spacings by which inputs move while the rounding of a narrower precision is measured: each operation rounds anew."""

HALF_SPACING, HALF_UNDERFLOW = 2.0**-10, 2.0**-24
"""The relative spacing of float16, and the spacing of its smallest numbers, which ordinary ones reach."""
