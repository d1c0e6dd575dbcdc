"""linearity: backward is linear in the upstream."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from gradcheck.arrays import Point
from gradcheck.bench import Bench
from gradcheck.case import Case
from gradcheck.laws.law import Difference, Law, Observation, disagreements, largest_difference, merged, owed
from gradcheck.op import Op
from gradcheck.oracles.rounding import rounding

Terms = tuple[tuple[float, Point], ...]
SCALES = (
    2.0**20,
    -(2.0**-20),
)  # powers of two scale without rounding; large and small, since clipping shows at one end only


def trials(case: Case) -> Iterator[tuple[str, Point, Terms]]:
    """An upstream, and the sum of others times numbers that it equals."""
    u = case.upstream
    rng = case.rng("linearity")
    v = tuple(np.asarray(rng.integers(-8, 9, size=a.shape) / 4) for a in u)
    yield "0 times the upstream", tuple(map(np.zeros_like, u)), ((0.0, u),)
    for scale in SCALES:
        yield f"{scale:g} times the upstream", tuple(np.asarray(scale * a) for a in u), ((scale, u),)
    yield "the sum of two upstreams", tuple(a + b for a, b in zip(u, v, strict=True)), ((1.0, u), (1.0, v))


def examine(op: Op, case: Case, bench: Bench) -> Observation:
    """Zero, scale, sum."""
    hint = "Every term must carry the upstream exactly once."
    return merged(
        disagreements("linearity", bench, f"for {words}", compared(case, bench, upstream, terms), hint)
        for words, upstream, terms in trials(case)
    )


def compared(case: Case, bench: Bench, upstream: Point, terms: Terms) -> Iterator[tuple[tuple[str, str], Difference]]:
    """Each gradient at one upstream against the sum of the gradients at the others."""
    parts = [(factor, [g for _, g in owed(bench.gradients(case.point, u), bench.labels)]) for factor, u in terms]
    rounded = cache(
        lambda: [
            (1.0, rounding_at(case, bench, upstream)),
            *((abs(f), rounding_at(case, bench, u)) for f, u in terms),
        ]
    )
    for which, (label, got) in enumerate(owed(bench.gradients(case.point, upstream), bench.labels)):
        wanted = np.asarray(sum(factor * gradients[which] for factor, gradients in parts))
        difference = largest_difference(got, wanted, np.where(np.isfinite(wanted), 0.0, np.inf))
        if difference.ratio:
            allowed = sum(factor * bars[which] for factor, bars in rounded())
            difference = largest_difference(got, wanted, np.where(np.isfinite(wanted), allowed, np.inf))
        yield (label, f"the gradient of {label}"), difference


def rounding_at(case: Case, bench: Bench, upstream: Point) -> list[np.ndarray[Any, Any]]:
    """The rounding of each gradient at one upstream."""
    return rounding(lambda arrange: bench.gradients(case.point, upstream, arrange), case.rng("rounding"))


LAW = Law(
    "linearity",
    "Backward is linear in the upstream: nothing for zero, s times the gradient for s times the upstream, and the "
    "sum for a sum.",
    "A backward that ignores, clips or squares its upstream looks right while the loss is alone, and is wrong inside "
    "a network.",
    examine,
)
