"""Step 2 of the law gradient, the other witnesses: finite differences and directional oracles, along a few directions.

Where inputs are given by index, they alone move, else all inputs move together.
"""

from collections.abc import Iterable

import numpy as np

from gradcheck.arrays import Values
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.laws.gradient.witness_reports import WitnessReport, report_direction
from gradcheck.oracles.directional import Care, Moving
from gradcheck.oracles.error_factors import COMFORTABLE_SHARE, FAINT, UNEVEN_RATIO
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.oracles.oracle import DirectionalOracle
from gradcheck.oracles.registry import load_oracles
from gradcheck.records.evidence import Witness


def report_differences(case: GradientCase, i: Moving) -> WitnessReport | None:
    """Return the worst report of the differences.  A contradiction must be confirmed along other directions: a wrong
    gradient is wrong along all of them, a badly chosen step is not."""
    report = report_at(case, i, case.care)
    if report is None or report.agrees or case.care is Care.QUICK or not np.isfinite(report.difference.got):
        return report
    again = report_at(case, i, Care.OTHER_DIRECTIONS)
    return min((report, again), key=lambda r: r.difference.ratio) if again else report


def report_at(case: GradientCase, i: Moving, care: Care) -> WitnessReport | None:
    """Return the worst report over the directions of one level of care; where sizes differ much, only over those that
    move every element by its own size."""
    derivatives = case.derivatives_along(i, care)
    if care is not Care.QUICK and any(has_uneven_sizes(case.point[j]) for j in case.differentiable):
        derivatives = derivatives[-1:]
    return worst_of(report_direction(case, d, d.estimate, Witness.DIFFERENCES) for d in derivatives)


def worst_of(reports: Iterable[WitnessReport | None]) -> WitnessReport | None:
    """Return the report with the largest difference; None where there is none."""
    return max((r for r in reports if r), key=lambda r: r.difference.ratio, default=None)


def has_uneven_sizes(x: Values) -> bool:
    """Whether elements differ so much in size that the finest step relative to the typical size is coarse for the
    smallest."""
    sizes = np.abs(x[x != 0])
    return bool(sizes.size) and float(sizes.min()) < UNEVEN_RATIO * float(sizes.max())


def report_oracle(oracle: DirectionalOracle, case: GradientCase, i: Moving) -> WitnessReport | None:
    """Return the worst report of a directional oracle, or the first that contradicts; its rounding is measured only
    where it disagrees, where that is most first."""
    rows = [(d, report_along(oracle, case, d, measured=False)) for d in case.derivatives_along(i, case.care)]
    rough = sorted(((d, r) for d, r in rows if r), key=lambda row: -row[1].difference.ratio)
    reports: list[WitnessReport | None] = []
    for derivative, report in rough:
        comfortable = report.difference.ratio <= COMFORTABLE_SHARE
        reports.append(report if comfortable else report_along(oracle, case, derivative, measured=True))
        if reports[-1] and not reports[-1].agrees:
            break
    return worst_of(reports)


def report_along(
    oracle: DirectionalOracle, case: GradientCase, derivative: DirectionalDerivative, measured: bool
) -> WitnessReport | None:
    """Return the report of an oracle along one direction; None where it has no estimate."""
    rng = case.evaluator.case.rng(oracle.name) if measured else None
    estimate = oracle.differentiate(case.evaluator, derivative, rng)
    return report_direction(case, derivative, estimate, oracle.name) if estimate else None


def stands_out(case: GradientCase, i: int) -> bool:
    """Whether one input's share of the claimed slope is so large, along each direction, that even its finer digits
    exceed the error: the other inputs' share does not exceed this one's by more than FAINT."""
    shares = measure_shares(case, i, case.derivatives)
    return all(bar <= FAINT * share for bar, share in zip(case.error_bars, shares, strict=True))


def measure_shares(case: GradientCase, i: int, derivatives: Iterable[DirectionalDerivative]) -> list[float]:
    """Measure one input's share of the claimed slope along each direction."""
    return [float(np.sum(np.abs(case.claimed(i) * d.direction[i]))) for d in derivatives]


def report_moving(case: GradientCase, moving: Moving) -> list[WitnessReport]:
    """Return what differences and directional oracles report when these inputs move."""
    reports = [report_differences(case, moving), *(report_oracle(o, case, moving) for o in load_oracles())]
    return [r for r in reports if r]
