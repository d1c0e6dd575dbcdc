"""Localisation: what the witnesses say of single elements of a gradient.  Done after a failure, on a shrunk case."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Values, flat
from gradcheck.laws.gradient.witnesses import Hearing, along
from gradcheck.oracles import complex_step, finite_differences
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.finite_differences import DirectionalDerivative
from gradcheck.records.results import Estimate, Evidence

ElementIndex = tuple[int, ...]
MAX_ELEMENTS_ONE_BY_ONE = 64  # differences by element cost some 30 forwards each


def estimate_by_element(hearing: Hearing, which: int) -> Estimate:
    """The gradient of one input by differences, element by element."""
    x = hearing.evaluator.case.point[which]
    value, error = np.zeros(x.shape), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        slope = differentiate_along_element(hearing, which, index)
        value[index], error[index] = project_on_upstream(hearing, slope, slope.estimate)
    return Estimate(value, error)


def bisect_to_wrong_element(hearing: Hearing, which: int) -> Estimate:
    """The gradient of one input at one element, nothing of the others: at a wrong one, where there is one, found by
    halving the elements that move until one is left."""
    x, rng = hearing.evaluator.case.point[which], hearing.evaluator.case.rng("bisection")
    part = np.arange(x.size)
    while len(part) > 1:
        half = part[: len(part) // 2]
        part = half if is_contradicted_by_differences(hearing, which, half, rng) else part[len(half) :]
    (index,) = zip(*np.unravel_index(part, x.shape), strict=True)
    value, error = np.zeros(x.shape), np.full(x.shape, np.inf)
    slope = differentiate_along_element(hearing, which, index)
    value[index], error[index] = project_on_upstream(hearing, slope, slope.estimate)
    return Estimate(value, error)


def is_contradicted_by_differences(hearing: Hearing, which: int, part: Values, rng: np.random.Generator) -> bool:
    """Whether the differences contradict the gradient when only these elements of one input move."""
    direction = [np.zeros(a.shape) for a in hearing.evaluator.case.point]
    sizes = finite_differences.measure_element_sizes(hearing.evaluator.case.point[which])
    direction[which].flat[part] = finite_differences.draw_few_bit_direction(sizes.flat[part], rng)
    slope = finite_differences.differentiate_along(
        CaseForward(hearing.evaluator), hearing.evaluator.case.point, tuple(direction)
    )
    said = along(hearing, slope, slope.estimate)
    return abs(said.claimed - said.expected) > said.error


def differentiate_along_element(hearing: Hearing, which: int, index: ElementIndex) -> DirectionalDerivative:
    """The derivative of every output when one element moves alone."""
    point = hearing.evaluator.case.point
    direction = [np.zeros(a.shape) for a in point]
    size = abs(float(point[which][index])) or finite_differences.measure_typical_size(point[which])
    direction[which][index] = finite_differences.round_down_to_power_of_two(size)
    return finite_differences.differentiate_along(CaseForward(hearing.evaluator), point, tuple(direction))


def project_on_upstream(hearing: Hearing, slope: DirectionalDerivative, estimate: Estimate) -> tuple[float, float]:
    """The upstream's product with a derivative along one element, per unit of that element, and its error."""
    u, size = flat(hearing.upstream), float(np.sum(flat(slope.direction)))
    used = u != 0
    value = np.sum(u[used] * estimate.value[used])
    return float(value / size), float(np.sum(np.abs(u[used]) * estimate.error[used]) / size)


def collect_evidence_at(
    hearing: Hearing, which: int, index: ElementIndex, exact: Estimate | None
) -> tuple[Evidence, ...]:
    """What each witness says of one element; exact: the reference's gradient, where it spoke."""
    gradient = hearing.gradients[which]
    assert gradient is not None
    claimed = float(gradient[index])

    def heard() -> Iterator[tuple[str, float, float]]:
        if exact is not None:
            yield "autodiff", float(exact.value[index]), float(exact.error[index])
        slope = differentiate_along_element(hearing, which, index)
        yield "differences", *project_on_upstream(hearing, slope, slope.estimate)
        step = complex_step.differentiate_by_complex_step(
            hearing.evaluator, slope, hearing.evaluator.case.rng("complex step")
        )
        if step is not None:
            yield "complex step", *project_on_upstream(hearing, slope, step)

    said = [(who, value, error) for who, value, error in heard() if np.isfinite(error)]
    return tuple(Evidence(who, claimed, value, error, abs(claimed - value) <= error) for who, value, error in said)
