"""Localisation: the witnesses' expectations for single elements of a gradient.  Done after a failure, on a shrunk
case."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Values, flat
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative, differentiate_along
from gradcheck.oracles.finite_differences.directions import (
    draw_few_bit_direction,
    measure_element_sizes,
    measure_typical_size,
    round_down_to_power_of_two,
)
from gradcheck.oracles.registry import load_oracles
from gradcheck.records.evidence import Estimate, Evidence, Witness

ElementIndex = tuple[int, ...]
MAX_ELEMENTS_ONE_BY_ONE = 64  # differences by element cost some 30 forwards each


def estimate_by_element(case: GradientCase, i: int) -> Estimate:
    """Estimate the gradient of one input by differences, element by element."""
    x = case.point[i]
    value, error = np.zeros(x.shape), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        derivative = differentiate_along_element(case, i, index)
        value[index], error[index] = project_on_upstream(case, derivative, derivative.estimate)
    return Estimate(value, error)


def bisect_to_wrong_element(case: GradientCase, i: int) -> Estimate:
    """Estimate the gradient of one input at one element, with infinite error elsewhere: at a wrong element where there
    is one, found by halving the set of elements that move."""
    x, rng = case.point[i], case.evaluator.case.rng("bisection")
    part = np.arange(x.size)
    while len(part) > 1:
        half = part[: len(part) // 2]
        part = half if is_contradicted_by_differences(case, i, half, rng) else part[len(half) :]
    (index,) = zip(*np.unravel_index(part, x.shape), strict=True)
    value, error = np.zeros(x.shape), np.full(x.shape, np.inf)
    derivative = differentiate_along_element(case, i, index)
    value[index], error[index] = project_on_upstream(case, derivative, derivative.estimate)
    return Estimate(value, error)


def is_contradicted_by_differences(case: GradientCase, i: int, part: Values, rng: np.random.Generator) -> bool:
    """Whether the differences contradict the gradient when only these elements of one input move."""
    direction = [np.zeros(a.shape) for a in case.point]
    sizes = measure_element_sizes(case.point[i])
    direction[i].flat[part] = draw_few_bit_direction(sizes.flat[part], rng)
    derivative = differentiate_along(CaseForward(case.evaluator), case.point, tuple(direction))
    a = case.project(derivative, derivative.estimate)
    return abs(a.claimed - a.expected) > a.error


def differentiate_along_element(case: GradientCase, i: int, index: ElementIndex) -> DirectionalDerivative:
    """Return the derivative of every output when one element moves alone."""
    point = case.point
    direction = [np.zeros(a.shape) for a in point]
    size = abs(float(point[i][index])) or measure_typical_size(point[i])
    direction[i][index] = round_down_to_power_of_two(size)
    return differentiate_along(CaseForward(case.evaluator), point, tuple(direction))


def project_on_upstream(
    case: GradientCase, derivative: DirectionalDerivative, estimate: Estimate
) -> tuple[float, float]:
    """Return the product of the upstream and a derivative along one element, per unit of that element, and its
    error."""
    u, size = case.output_weights, float(np.sum(flat(derivative.direction)))
    used = u != 0
    value = np.sum(u[used] * estimate.value[used])
    return float(value / size), float(np.sum(np.abs(u[used]) * estimate.error[used]) / size)


def collect_evidence_at(
    case: GradientCase, i: int, index: ElementIndex, exact: Estimate | None
) -> tuple[Evidence, ...]:
    """Return each witness's evidence on one element.  exact: the reference's gradient, where there is one."""
    claimed = float(case.claimed(i)[index])
    known = [(who, value, error) for who, value, error in ask_witnesses_at(case, i, index, exact) if np.isfinite(error)]
    return tuple(Evidence(who, claimed, value, error, abs(claimed - value) <= error) for who, value, error in known)


def ask_witnesses_at(
    case: GradientCase, i: int, index: ElementIndex, exact: Estimate | None
) -> Iterator[tuple[str, float, float]]:
    """Yield each witness with the value it expects for one element, and its error."""
    if exact is not None:
        yield Witness.AUTODIFF, float(exact.value[index]), float(exact.error[index])
    derivative = differentiate_along_element(case, i, index)
    yield Witness.DIFFERENCES, *project_on_upstream(case, derivative, derivative.estimate)
    for oracle in load_oracles():
        estimate = oracle.differentiate(case.evaluator, derivative, case.evaluator.case.rng(oracle.name))
        if estimate is not None:
            yield oracle.name, *project_on_upstream(case, derivative, estimate)
