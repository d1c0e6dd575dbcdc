"""linearity: backward is linear in the upstream."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.arrays import Gradients, Point, Values, make_point_key
from gradcheck.causes.explanation import explain_gradient
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import COPIED, Evaluator, Malformed, UserError
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName, existing_gradients
from gradcheck.laws.comparison import (
    Difference,
    allow_reordering,
    compare_beyond_least,
    compare_exactly,
    find_largest_size,
)
from gradcheck.laws.explained_findings import with_cause
from gradcheck.laws.findings import merge_observations, observe_differences
from gradcheck.laws.law import Law
from gradcheck.laws.ordinary_range import scale_to_ordinary
from gradcheck.oracles.error_factors import EPS, HALF_THE_DIGITS, SAFETY
from gradcheck.oracles.monte_carlo import measure_largest_of, multiply_largest
from gradcheck.oracles.working_rounding import measure_gradient_rounding
from gradcheck.records.case import Case
from gradcheck.records.demonstration import Demonstration
from gradcheck.records.results import Finding
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject, SubjectKind

Terms = tuple[tuple[float, Point], ...]
Pull = Callable[[Point], list[Values]]
"""A function from an upstream to the gradients that there are."""
UPSTREAM_SCALES = {
    "2^20": 2.0**20,
    "-2^-20": -(2.0**-20),
}  # powers of two scale without rounding; large and small, since clipping is visible at one end only
SCALES_IN_LOW_PRECISION = {"8": 8.0, "-0.125": -0.125}  # float16 overflows above 65504


def draw_linear_combinations(case: Case, scales: Mapping[str, float]) -> Iterator[tuple[str, Point, Terms]]:
    """Yield words, an upstream, and the terms (factor, upstream) whose sum it equals."""
    u = case.upstream
    rng = case.rng("linearity")
    v = tuple(np.asarray(rng.integers(-8, 9, size=a.shape) / 4) for a in u)
    yield "0 times the upstream", tuple(map(np.zeros_like, u)), ((0.0, u),)
    for name, scale in scales.items():
        yield f"{name} times the upstream", tuple(np.asarray(scale * a) for a in u), ((scale, u),)
    yield "the sum of two upstreams", tuple(a + b for a, b in zip(u, v, strict=True)), ((1.0, u), (1.0, v))


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Compare gradients for a zero upstream, a scaled one, and a sum, after one forward for all of them; where these
    contradict each other, after a forward for each.  In a large case for a few upstreams first."""
    scales, is_low = UPSTREAM_SCALES, op.origin.working_precision.is_low
    if case.is_large and not is_low and holds_after_one_forward(evaluator):
        return Observation()
    if is_low:
        scales, case = SCALES_IN_LOW_PRECISION, case.at(case.point, scale_to_ordinary(case.upstream))
    if not case.is_large:
        with suppress(UserError, Malformed):
            seen = compare_linear_combinations(case, evaluator, scales, pull_after_one_forward(case, evaluator))
            if not seen.findings:
                return seen
    seen = compare_linear_combinations(
        case, evaluator, scales, lambda u: list_gradients(evaluator, evaluator.gradients(case.point, u))
    )
    return replace(seen, findings=tuple(map(weaken_small_difference, seen.findings)))


def compare_linear_combinations(
    case: Case, evaluator: Evaluator, scales: Mapping[str, float], pull: Pull
) -> Observation:
    """Compare the gradients for each linear combination of upstreams.  Raises UserError and Malformed."""
    hint = "Every term must carry the upstream exactly once."
    return merge_observations(
        observe_differences(
            "linearity",
            evaluator,
            f"for {words}",
            compare_linear_combination(evaluator, upstream, terms, pull),
            hint,
            Demonstration(upstream),
        )
        for words, upstream, terms in draw_linear_combinations(case, scales)
    )


def pull_after_one_forward(case: Case, evaluator: Evaluator) -> Pull:
    """Return a function from an upstream to its gradients, all of them after the same forward; those for the upstream
    of the case are the remembered ones.  Raises UserError and Malformed."""
    here = list_gradients(evaluator, evaluator.gradients(case.point, case.upstream))
    _, cache = evaluator.forward(case.point, COPIED)

    def pull(upstream: Point) -> list[Values]:
        if upstream is case.upstream:
            return here
        return list_gradients(
            evaluator, evaluator.validate_gradients(evaluator.pull(upstream, cache, COPIED), case.point)
        )

    return pull


def holds_after_one_forward(evaluator: Evaluator) -> bool:
    """Whether the gradients for a large multiple of the upstream, for a small one in another order, and for the sum of
    that and the upstream, are as they have to be; False also where a result is not finite, or backward spoils its
    cache."""
    case, (large, small) = evaluator.case, UPSTREAM_SCALES.values()
    here = list_gradients(evaluator, evaluator.gradients(case.point, case.upstream))
    try:
        _, cache = evaluator.forward(case.point, COPIED)
        for g, pulled in zip(here, pull_fresh(evaluator, cache, tuple(large * u for u in case.upstream)), strict=True):
            if not np.array_equal(pulled / large, g):
                return False
        parts = pull_fresh(evaluator, cache, tuple(small * np.flip(u) for u in case.upstream))
        together = pull_fresh(evaluator, cache, tuple(u + small * np.flip(u) for u in case.upstream))
    except (UserError, Malformed):
        return False
    allowed = allow_reordering(case)
    return all(is_sum(*gradients, allowed) for gradients in zip(together, here, parts, strict=True))


def pull_fresh(evaluator: Evaluator, cache: Any, upstream: Point) -> list[Values]:
    """Return the gradients that there are for an upstream which nobody looks at again.  Raises UserError and
    Malformed."""
    gradients = evaluator.validate_gradients(evaluator.call_backward(upstream, cache), evaluator.case.point)
    return list_gradients(evaluator, gradients)


def explain_finding(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return the finding with its cause, where one reproduces the gradient in every case looked at."""
    if finding.status is not Status.FAILED or finding.subject.kind is not SubjectKind.INPUT:
        return finding
    return with_cause(finding, lambda: explain_gradient(op, finding.input, others))


def list_gradients(evaluator: Evaluator, gradients: Gradients) -> list[Values]:
    """Return the gradients that there are."""
    return [g for _, g in existing_gradients(gradients, evaluator.labels)]


def is_sum(total: Values, first: Values, second: Values, allowed: float) -> bool:
    """Whether one gradient is the sum of two others.  allowed: of its largest element."""
    off = np.subtract(total, first)
    off -= second
    return find_largest_size(off) <= allowed * find_largest_size(total)


def weaken_small_difference(finding: Finding) -> Finding:
    """Return the finding, imprecise where half of the digits agree: code that is off by that much, as a matrix
    exponential that scales with its argument, is off by other digits for another upstream, which no rounding shows."""
    (evidence,) = finding.evidence
    if not abs(evidence.claimed - evidence.expected) <= HALF_THE_DIGITS * abs(evidence.expected):
        return finding
    return replace(finding, status=Status.IMPRECISE, hint="")


def compare_linear_combination(
    evaluator: Evaluator, upstream: Point, terms: Terms, pull: Pull
) -> Iterator[tuple[ResultName, Difference]]:
    """Yield the difference between each gradient at one upstream and the sum of the gradients at the others."""
    parts = [(factor, pull(u)) for factor, u in terms]
    terms = ((1.0, upstream), *terms)
    moving = [label for label, moves in zip(evaluator.labels, evaluator.differentiable, strict=True) if moves]
    for i, (label, got) in enumerate(zip(moving, pull(upstream), strict=True)):
        wanted = np.asarray(sum(factor * gradients[i] for factor, gradients in parts))
        difference = compare_exactly(got, wanted)
        if difference.ratio:
            difference = compare_gradient_with_sum(evaluator, terms, i, got, wanted)
        yield ResultName(Subject.of_input(label), f"the gradient of {label}"), difference


def compare_gradient_with_sum(evaluator: Evaluator, terms: Terms, i: int, got: Values, wanted: Values) -> Difference:
    """Compare one gradient with a sum of others, within the rounding of all of them, each at least that of a term as
    large as its upstream times every input: an attention that is all but saturated takes such terms from each other."""
    largest = SAFETY * EPS * multiply_largest(evaluator.case.point)
    least = [abs(factor) * largest * measure_largest_of(u) for factor, u in terms]

    def allow(repeats: int) -> Values:
        return np.asarray(
            sum(
                np.fmax(abs(factor) * measure_rounding_once(evaluator, u, repeats)[i], bar)
                for (factor, u), bar in zip(terms, least, strict=True)
            )
        )

    return compare_beyond_least(got, wanted, sum(least), allow)


def measure_rounding_once(evaluator: Evaluator, upstream: Point, repeats: int) -> list[Values]:
    """Measure the rounding of each gradient at one upstream, once."""
    case = evaluator.case
    bars: list[Values] = evaluator.compute_once(
        (b"rounding", make_point_key(upstream), repeats),
        lambda: measure_gradient_rounding(evaluator, case.point, upstream, case.rng("rounding"), repeats),
    )
    return bars


LAW = Law(
    "linearity",
    "Backward is linear in the upstream: nothing for zero, s times the gradient for s times the upstream, and the "
    "sum for a sum.",
    "A backward that ignores, clips or squares its upstream looks right while the loss is alone, and is wrong inside "
    "a network.",
    examine,
    explain_finding=explain_finding,
    broken_by="gradient",
    examines_large_cases=True,
)
