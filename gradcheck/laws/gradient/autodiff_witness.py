"""Step 2 of the law gradient, first witness: autodiff of the reference, element by element."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from gradcheck.arrays import Values, flat, unflatten
from gradcheck.declaration.domain import allow_any_direction
from gradcheck.evaluation.evaluator import Malformed, UserError
from gradcheck.laws.comparison import NO_DIFFERENCE, choose_comfortable_share, make_difference
from gradcheck.laws.gradient.preparation import GradientCase, clear_elements
from gradcheck.laws.gradient.witness_reports import BEYOND_DOUBT, WitnessReport, divide_error, report_elements
from gradcheck.laws.reference_jumps import find_reference_jumps
from gradcheck.oracles.autodiff import UNAVAILABLE
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.error_factors import (
    AUTODIFF,
    EPS,
    FEW_REPEATS,
    HALF_THE_DIGITS,
    LAST_DIGITS,
    ONE_DIGIT,
    REORDERING_FACTOR,
    REPEATS,
    UNDERFLOW,
)
from gradcheck.records.evidence import Estimate, Witness

SILENT_REFERENCE = WitnessReport(Witness.AUTODIFF, NO_DIFFERENCE, 0.0, False, is_silent=True)
"""The report of a reference that stands at a kink in every element."""

MAX_LOST_ELEMENTS = 2
"""Elements of a gradient that are looked into where their digits seem to be lost."""


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
        comfortable = choose_comfortable_share(case.evaluator.case)
        for repeats in (1, FEW_REPEATS, REPEATS):
            if not waiting:
                break
            reports |= compare_gradients_with_reference(case, waiting, repeats)
            waiting = [i for i in waiting if i in reports and wants_more_repeats(reports[i], comfortable)]
            if case.evaluator.case.is_large and repeats == FEW_REPEATS:
                waiting = [i for i in waiting if reports[i].difference.ratio < BEYOND_DOUBT]
        doubtful = {i: report for i, report in reports.items() if not report.agrees or report.lost_digits}
        reports |= {i: report_beside_kinks(case, i, report) for i, report in doubtful.items()}
        agreeing = [i for i, report in reports.items() if report.agrees and not report.lost_digits]
        agreeing = agreeing if have_lost_elements(case, agreeing) else []
        reports |= {i: lost for i in agreeing if (lost := report_lost_elements(case, i))}
    except (*UNAVAILABLE, UserError):
        return {}
    return reports


def wants_more_repeats(report: WitnessReport, comfortable: float) -> bool:
    """Whether more repeats are wanted: a gradient is not comfortably within its bar, or has lost digits."""
    return report.difference.ratio > comfortable or report.lost_digits


def match_last_digits(case: GradientCase) -> dict[int, WitnessReport]:
    """Return reports on the gradients that agree with the reference's to the last digits."""
    if case.left_out or any(d.touching for d in case.derivatives):
        return {}
    reports, comfortable = {}, choose_comfortable_share(case.evaluator.case)
    for i, exact in enumerate(case.reference_answer().gradients):
        gradient, x = case.gradients[i], case.point[i]
        if exact is None or gradient is None:
            continue
        tangent = case.evaluator.input_declarations.domains[i].tangent
        got, expected = tangent(x, gradient), tangent(x, exact)
        gap, error = np.abs(got - expected), last_digits(expected)
        ratios = gap / error
        if not gap.size:
            reports[i] = WitnessReport(Witness.AUTODIFF, NO_DIFFERENCE, 0.0, True)
        elif float(ratios.max()) <= comfortable:
            difference = make_difference(int(ratios.argmax()), ratios, got, expected, error)
            largest = float(np.abs(expected).max())
            relative, bar = divide_error(float(gap.max()), largest), divide_error(float(error.max()), largest)
            is_precise = largest > UNDERFLOW
            reports[i] = WitnessReport(Witness.AUTODIFF, difference, relative, is_precise, relative_bar=bar)
    return reports


def have_lost_elements(case: GradientCase, inputs: Sequence[int]) -> bool:
    """Whether backward has lost half of the digits of an element of some gradients."""
    gradients = case.reference_answer().gradients
    known = [(exact, case.claimed(i)) for i in inputs if (exact := gradients[i]) is not None]
    if not known:
        return False
    exact, claimed = flat([e for e, _ in known]), flat([c for _, c in known])
    return bool(np.any(is_half_lost(np.abs(claimed - exact), np.abs(exact))))


def is_half_lost(off: Values, size: Values) -> Values:
    """Return where half of the digits are lost of what has this size and is off by so much."""
    return np.asarray((off > HALF_THE_DIGITS * size) & (size > UNDERFLOW))


def report_lost_elements(case: GradientCase, i: int) -> WitnessReport | None:
    """Return the report on the outputs that depend on one element of an input, where backward has lost half of the
    digits of that element's gradient and it matters to these outputs; None where there is no such element.  Beside
    larger elements of an array, the gradient far out in the tail of a function is too small to be seen."""
    exact, claimed = case.reference_answer().gradients[i], case.claimed(i)
    if (
        exact is None
        or case.left_out
        or case.evaluator.input_declarations.domains[i].tangent is not allow_any_direction
    ):
        return None
    off, size = np.abs(claimed - exact), np.abs(exact)
    lost = is_half_lost(off, size)
    lost &= off * np.abs(case.point[i]) > LAST_DIGITS * EPS * case.least_term
    share = np.where(lost, off / np.maximum(size, UNDERFLOW), 0.0)
    for element in np.argsort(-share, axis=None)[:MAX_LOST_ELEMENTS]:
        if lost.flat[element] and (alone := restrict_to_element(case, i, int(element), float(off.flat[element]))):
            report = report_with_few_repeats_first(alone, i)
            if report and report.lost_digits and report_beside_kinks(alone, i, report).lost_digits:
                return report
    return None


def report_with_few_repeats_first(case: GradientCase, i: int) -> WitnessReport | None:
    """Return the report on one input; None where the reference knows nothing."""
    first = compare_gradients_with_reference(case, [i], FEW_REPEATS).get(i)
    comfortable = choose_comfortable_share(case.evaluator.case)
    if first and not wants_more_repeats(first, comfortable):
        return first
    return compare_gradients_with_reference(case, [i], REPEATS).get(i)


def restrict_to_element(case: GradientCase, i: int, element: int, off: float) -> GradientCase | None:
    """Return the case with an upstream for the outputs that depend on one element of input i; None where an error of
    this size of its gradient would not move these, or forward refuses to be moved."""
    point, here = list(case.point), case.point[i]
    point[i] = here.copy()
    point[i].flat[element] *= 1 + ONE_DIGIT
    try:
        moved = flat(case.evaluator.compute_uncached(tuple(point)))
    except (UserError, Malformed):
        return None
    outputs, upstream = flat(case.evaluator.outputs(case.point)), flat(case.upstream)
    depends = np.isfinite(outputs) & (moved != outputs) & (upstream != 0)
    largest = np.max(np.abs(upstream * outputs), initial=0.0, where=depends)
    if not depends.any() or off * abs(float(here.flat[element])) <= LAST_DIGITS * EPS * largest:
        return None
    alone = unflatten(np.where(depends, upstream, 0.0), case.upstream)
    return replace(case, upstream=alone, gradients=case.evaluator.gradients(case.point, alone))


def last_digits(expected: Values) -> Values:
    """Return how far a gradient may be from the reference's without a measured rounding: its last digits, and those of
    the largest element, as when sums are taken in another order."""
    size = np.abs(expected)
    return np.asarray(AUTODIFF * EPS * size + (REORDERING_FACTOR * EPS * float(size.max(initial=0.0)) + UNDERFLOW))


def report_beside_kinks(case: GradientCase, i: int, doubtful: WitnessReport) -> WitnessReport:
    """Return the report on the elements of a gradient at which the reference's own does not jump next to the point: at
    a kink, autodiff follows a convention of its own."""
    jumps = find_reference_jumps(case.evaluator, case.upstream)
    if not jumps[i].any():
        return doubtful
    left_out = tuple(j | out for j, out in zip(jumps, case.left_out or jumps, strict=True))
    beside = replace(case, left_out=left_out, gradients=clear_elements(case.gradients, left_out))
    return compare_gradients_with_reference(beside, [i], REPEATS).get(i, SILENT_REFERENCE)


def compare_gradients_with_reference(
    case: GradientCase, inputs: Iterable[int], repeats: int
) -> dict[int, WitnessReport]:
    """Return reports on the gradients of some inputs; none for an input on which the reference knows nothing."""
    return compare_gradients(case, inputs, case.reference_gradients(repeats), repeats)


def compare_gradients(
    case: GradientCase, inputs: Iterable[int], estimates: Sequence[Estimate | None], repeats: int
) -> dict[int, WitnessReport]:
    """Return reports on the gradients of some inputs at coordinates that touch no kink, along lawful directions; none
    for an input of which no element is estimated.  repeats: with which the rounding of backward is measured."""
    reports = {}
    for i in inputs:
        estimate, x = estimates[i], case.point[i]
        assert estimate is not None
        tangent = case.evaluator.input_declarations.domains[i].tangent
        got, expected, error = tangent(x, case.claimed(i)), tangent(x, estimate.value), estimate.error
        if touched := [d.touching[i] for d in case.derivatives if d.touching]:
            error = np.where(np.any(touched, axis=0), np.inf, error)
        if case.left_out:
            error = np.where(case.left_out[i], np.inf, error)
        known = np.isfinite(error)
        if not known.all():
            got, expected = np.where(known, got, 0.0), np.where(known, expected, 0.0)
        if repeats < REPEATS:
            error = np.maximum(error, last_digits(expected))
        if known.any() or not known.size:
            own_rounding = partial(case.rounding_of, i, max(repeats, FEW_REPEATS))
            report = report_elements(got, expected, error, own_rounding, repeats > 1, typical_slope(case, i))
            if repeats == REPEATS and report.lost_digits and not moves_an_output(case, i, got - expected):
                silent = report.has_no_right_digit
                report = replace(report, is_precise=False, lost_digits=False, is_silent=silent)
            reports[i] = report
    return reports


def typical_slope(case: GradientCase, i: int) -> float:
    """Return the size of a gradient of one input that moves an output by the upstream, or by the output's own size,
    when the input moves by its own."""
    size = float(np.max(np.abs(case.point[i]), initial=0.0))
    return max(case.upstream_size, case.output_size / size if size else 0.0)


def moves_an_output(case: GradientCase, i: int, off: Values) -> bool:
    """Whether the error of a gradient changes an output, when the input moves by its own size, by more than LAST_DIGITS
    of the terms that the output is made of: as large as itself, as its own rounding shows them, and times the other
    inputs.  The gradient of a saturated unit, as a sigmoid beyond 20, or an attention with weights of hundreds, loses
    digits that change no output.  Nobody knows of any where the rounding of the output cannot be measured."""
    moved = np.max(np.abs(off * case.point[i]), initial=0.0)
    factor = LAST_DIGITS * case.products_of_others[i]
    if moved <= factor * EPS * case.largest_term:
        return False
    rounding, upstream = CaseForward(case.evaluator).measure_rounding_at(case.point), np.abs(case.output_weights)
    return bool(moved > factor * np.max((upstream * rounding)[upstream > 0], initial=0.0))
