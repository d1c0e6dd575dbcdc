"""Step 2 of the law gradient, many inputs on which the reference is silent: they move in groups.

A graph of a hundred layers has hundreds of inputs, and each of its forwards takes a hundred layers: were every input to
move alone, a check of it would take ten thousand.  Inputs whose shares of the slope are alike form a group, which tells
of each of them about as much as if it moved alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gradcheck.laws.gradient.directional_witnesses import measure_shares, report_moving
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.oracles.error_factors import ONE_DIGIT

MOST_ALONE = 8
"""Inputs up to which each moves alone; of more of which no group knows a digit, as many are drawn in each case."""

LEAST_SHARE_ALIKE = 2.0**-10
"""Shares of a slope are alike down to this of the largest: beside that, converged to 1e-10, the smallest is known to
1e-7, and all that float64 can tell apart makes six groups."""

ReportsByInput = dict[int, list[WitnessReport]]


def report_groups(case: GradientCase, waiting: Sequence[int]) -> ReportsByInput:
    """Return the reports that decide on some inputs, by index, without those that are left to move alone: where they
    are few, where their group is contradicted, since one of it is then wrong, and those that are drawn."""
    if len(waiting) <= MOST_ALONE:
        return {}
    found: ReportsByInput = {}
    unknown: ReportsByInput = {}
    for group in split_by_share(case, waiting):
        reports = (
            report_moving(case, group) if not unknown or is_all_zero(case, group) else next(iter(unknown.values()))
        )
        if all(r.agrees and not r.lost_digits for r in reports):
            judged = find_judged_inputs(case, group) if any(not r.is_silent for r in reports) else []
            found |= dict.fromkeys(judged, reports)
            silent = [replace(r, is_silent=True) for r in reports]
            unknown |= {i: silent for i in group if i not in found}
    drawn = case.evaluator.case.rng("alone").permutation(list(unknown))[:MOST_ALONE].tolist()
    return found | {i: reports for i, reports in unknown.items() if i not in drawn}


def split_by_share(case: GradientCase, inputs: Iterable[int]) -> list[tuple[int, ...]]:
    """Split inputs into groups whose shares of the slope along the case's directions are alike, the largest first; the
    last one has no share."""
    shares = {i: sum(measure_shares(case, i, case.derivatives)) for i in inputs}
    groups: list[list[int]] = []
    largest = float("inf")
    for i in sorted(shares, key=lambda i: -shares[i]):
        if not groups or shares[i] < LEAST_SHARE_ALIKE * largest:
            groups.append([])
            largest = shares[i]
        groups[-1].append(i)
    return [tuple(sorted(group)) for group in groups]


def is_all_zero(case: GradientCase, group: Iterable[int]) -> bool:
    """Whether the claimed gradients of some inputs are zero."""
    return not any(case.claimed(i).any() for i in group)


def find_judged_inputs(case: GradientCase, group: Sequence[int]) -> list[int]:
    """List the inputs of a group that agrees of which it knows a digit along each direction; all of them, where all
    together are within the error of zero."""
    derivatives = case.derivatives_along(tuple(group), case.care)
    bars = [case.project(d, d.estimate).error for d in derivatives]
    shares = {i: measure_shares(case, i, derivatives) for i in group}
    wholes = map(sum, zip(*shares.values(), strict=True))
    if all(whole <= bar for whole, bar in zip(wholes, bars, strict=True)):
        return list(group)
    return [i for i in group if all(bar <= ONE_DIGIT * share for bar, share in zip(bars, shares[i], strict=True))]
