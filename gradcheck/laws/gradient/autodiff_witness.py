"""Step 2 of the law gradient, first witness: autodiff of the reference, element by element."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np

from gradcheck.arrays import Values, flat
from gradcheck.evaluation.evaluator import UserError
from gradcheck.laws.comparison import EMPTY_DIFFERENCE, make_difference
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.laws.gradient.witness_reports import WitnessReport, divide_error, report_elements
from gradcheck.oracles.autodiff import ReferenceMismatch
from gradcheck.oracles.error_factors import (
    AUTODIFF,
    COMFORTABLE_SHARE,
    EPS,
    FEW_REPEATS,
    LAST_DIGITS,
    REORDERING_FACTOR,
    REPEATS,
    UNDERFLOW,
)
from gradcheck.records.evidence import Witness


def report_autodiff(case: GradientCase) -> dict[int, WitnessReport]:
    """Return the reference's report on each input, by index; empty where the reference cannot be evaluated.  Rounding
    is measured only where the gradients do not agree to the last digits, with as few repeats as suffice."""
    if case.evaluator.op.reference is None:
        return {}
    try:
        if not case.reference_answer().in_range:
            return {}
        reports = match_last_digits(case)
        waiting = [i for i in case.differentiable if i not in reports]
        for repeats in (1, FEW_REPEATS, REPEATS):
            if not waiting:
                break
            reports |= compare_gradients_with_reference(case, waiting, repeats)
            waiting = [i for i in waiting if i in reports and reports[i].difference.ratio > COMFORTABLE_SHARE]
    except (ReferenceMismatch, UserError):
        return {}
    return reports


def match_last_digits(case: GradientCase) -> dict[int, WitnessReport]:
    """Return reports on the gradients that agree with the reference's to the last digits."""
    if any(d.touching for d in case.derivatives):
        return {}
    reports = {}
    for i, exact in enumerate(case.reference_answer().gradients):
        gradient, x = case.gradients[i], case.point[i]
        if exact is None or gradient is None:
            continue
        tangent = case.evaluator.input_declarations.domains[i].tangent
        got, expected = tangent(x, gradient), tangent(x, exact)
        gap, error = np.abs(got - expected), last_digits(expected)
        ratios = gap / error
        if not gap.size:
            reports[i] = WitnessReport(Witness.AUTODIFF, EMPTY_DIFFERENCE, 0.0, True)
        elif float(ratios.max()) <= COMFORTABLE_SHARE:
            difference = make_difference(int(ratios.argmax()), ratios, got, expected, error)
            largest = float(np.abs(expected).max())
            relative = divide_error(float(gap.max()), largest)
            reports[i] = WitnessReport(Witness.AUTODIFF, difference, relative, largest > UNDERFLOW)
    return reports


def last_digits(expected: Values) -> Values:
    """Return how far a gradient may be from the reference's without a measured rounding: its last digits, and those of
    the largest element, as when sums are taken in another order."""
    size = np.abs(expected)
    return np.asarray(AUTODIFF * EPS * size + (REORDERING_FACTOR * EPS * float(size.max(initial=0.0)) + UNDERFLOW))


def compare_gradients_with_reference(
    case: GradientCase, inputs: Iterable[int], repeats: int
) -> dict[int, WitnessReport]:
    """Return reports on the gradients of some inputs at coordinates that touch no kink, along lawful directions; none
    for an input on which the reference knows nothing."""
    reports = {}
    estimates = case.reference_gradients(repeats)
    for i in inputs:
        estimate, x = estimates[i], case.point[i]
        assert estimate is not None
        tangent = case.evaluator.input_declarations.domains[i].tangent
        got, expected, error = tangent(x, case.claimed(i)), tangent(x, estimate.value), estimate.error
        if touched := [d.touching[i] for d in case.derivatives if d.touching]:
            error = np.where(np.any(touched, axis=0), np.inf, error)
        known = np.isfinite(error)
        if not known.all():
            got, expected = np.where(known, got, 0.0), np.where(known, expected, 0.0)
        if repeats < REPEATS:
            error = np.maximum(error, last_digits(expected))
        own_rounding = partial(case.rounding_of, i) if repeats == REPEATS else None
        if known.any() or not known.size:
            report = report_elements(got, expected, error, own_rounding)
            if report.lost_digits and not moves_an_output(case, i, got - expected):
                report = replace(report, is_precise=False, lost_digits=False)
            reports[i] = report
    return reports


def moves_an_output(case: GradientCase, i: int, off: Values) -> bool:
    """Whether the error of a gradient changes an output by more than LAST_DIGITS × EPS of it when the input moves by
    its own size.  The gradient of a saturated unit, as a sigmoid beyond 20, loses digits that change no output."""
    moved = np.max(np.abs(off * case.point[i]), initial=0.0)
    output = np.max(np.abs(flat(case.upstream) * flat(case.evaluator.outputs(case.point))), initial=0.0)
    return bool(moved > LAST_DIGITS * EPS * output)
