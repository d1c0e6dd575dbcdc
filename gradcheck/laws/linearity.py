"""linearity: backward is linear in the upstream."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.bench import Bench, Point
from gradcheck.case import Case
from gradcheck.laws.law import Difference, Law, Observation, found, largest_difference, owed
from gradcheck.op import Op
from gradcheck.oracles.rounding import rounding

Terms = tuple[tuple[float, Point], ...]
SCALES = (2.0**20, -(2.0**-20))  # powers of two scale without rounding; large and small, since clipping shows at one end only


def trials(case: Case) -> Iterator[tuple[str, Point, Terms]]:
    """An upstream, and the sum of others times numbers that it equals."""
    u = case.upstream
    v = tuple(case.rng("linearity").integers(-8, 9, size=a.shape) / 4 for a in u)
    yield "0 times the upstream", tuple(0 * a for a in u), ((0.0, u),)
    for scale in SCALES:
        yield f"{scale:g} times the upstream", tuple(scale * a for a in u), ((scale, u),)
    yield "the sum of two upstreams", tuple(a + b for a, b in zip(u, v, strict=True)), ((1.0, u), (1.0, v))


def examine(op: Op, case: Case, bench: Bench) -> Observation:
    """Zero, scale, sum."""
    findings, tightest = {}, 0.0
    for words, upstream, terms in trials(case):
        for label, difference in compared(case, bench, upstream, terms):
            tightest = max(tightest, difference.ratio)
            if not difference.holds:
                claim = f"for {words} the gradient of {label} is {difference.words}"
                said: dict[str, Any] = {"input": label, "evidence": (difference.evidence,), "where": str(difference.where)}
                hint = "Every term must carry the upstream exactly once."
                findings.setdefault(label, found(op, "linearity", case, claim, hint=hint, **said))
    return Observation(tuple(findings.values()), tightest)


def compared(case: Case, bench: Bench, upstream: Point, terms: Terms) -> Iterator[tuple[str, Difference]]:
    """Each gradient at one upstream against the sum of the gradients at the others."""
    parts = [(factor, [g for _, g in owed(bench.gradients(case.point, u), bench.labels)]) for factor, u in terms]
    for which, (label, got) in enumerate(owed(bench.gradients(case.point, upstream), bench.labels)):
        wanted = np.asarray(sum(factor * gradients[which] for factor, gradients in parts))
        difference = largest_difference(got, wanted, np.where(np.isfinite(wanted), 0.0, np.inf))
        if difference.ratio:
            allowed = rounded(case, bench, upstream, which) + sum(abs(f) * rounded(case, bench, u, which) for f, u in terms)
            difference = largest_difference(got, wanted, np.where(np.isfinite(wanted), allowed, np.inf))
        yield label, difference


def rounded(case: Case, bench: Bench, upstream: Point, which: int) -> Any:
    """The rounding of one gradient."""
    return rounding(lambda arrange: bench.gradients(case.point, upstream, arrange), case.rng("rounding"))[which]


LAW = Law(
    "linearity",
    "Backward is linear in the upstream: nothing for zero, s times the gradient for s times the upstream, and the sum for a sum.",
    "A backward that ignores, clips or squares its upstream looks right while the loss is alone, and is wrong inside a network.",
    examine,
)
