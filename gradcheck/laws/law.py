"""What a law is: a statement, the reason for it, and a pure function of op, case and evaluator."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import COPIED, Arrangement, Evaluator, UserError
from gradcheck.formatting import format_index, format_number
from gradcheck.oracles.error_factors import COMFORTABLE_SHARE, EPS, FEW_REPEATS, REORDERING_FACTOR, REPEATS, UNDERFLOW
from gradcheck.oracles.monte_carlo import measure_rounding
from gradcheck.records.case import Case
from gradcheck.records.results import Evidence, Finding


@dataclass(frozen=True)
class Observation:
    """What a law saw in one case.

    tightest: the largest |difference| / allowed.  errors: relative error of the gradient by "input, witness".
    harmless: whether the findings leave every number as it is, so that no other can follow from them.
    abstained: why the case could not be judged, "" where it was.  conventions: what the gradient does at each kind of
    kink met.
    """

    findings: tuple[Finding, ...] = ()
    tightest: float = 0.0
    errors: Mapping[str, float] = field(default_factory=dict)
    harmless: bool = False
    abstained: str = ""
    conventions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Law:
    """states: what must hold.  why: what goes wrong for a user where it does not.  inapplicable(op) gives the reason
    why it has nothing to say of an op, "" where it has."""

    name: str
    statement: str
    rationale: str
    examine: Callable[[Op, Case, Evaluator], Observation]
    explain_inapplicability: Callable[[Op], str] = lambda op: ""


def make_finding(op: Op, law: str, case: Case, claim: str, **details: Any) -> Finding:
    """A finding in this case, at the backward's file and line unless told otherwise."""
    file, line = op.location
    return Finding(
        **{
            "op": op.name,
            "law": law,
            "input": "",
            "status": "failed",
            "claim": claim,
            "case": case,
            "file": file,
            "line": line,
            **details,
        }
    )


def make_crash_finding(op: Op, law: str, case: Case, claim: str, error: UserError, hint: str = "") -> Finding:
    """The finding that an exception of the code under test is, at the line where it was raised."""
    place = {"file": error.file, "line": error.line} if error.file else {}
    return make_finding(op, law, case, claim, input=error.part, status="crashed", hint=hint, **place)


@dataclass(frozen=True)
class Difference:
    """Where two arrays differ most, measured in what is allowed.  ratio: |got - wanted| / allowed there, inf where
    one is not finite."""

    ratio: float
    got: float
    wanted: float
    allowed: float
    where: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether the arrays agree within what is allowed."""
        return self.ratio <= 1

    @property
    def evidence(self) -> Evidence:
        """The same numbers for a finding that compares the op with itself."""
        return Evidence("op", self.got, self.wanted, self.allowed, self.holds)

    @property
    def words(self) -> str:
        """The numbers as a person reads them, in as many digits as tell them apart."""
        got, wanted = format_number(self.got), format_number(self.wanted)
        if got == wanted:
            got, wanted = repr(self.got), repr(self.wanted)
        return f"{got}{format_index(self.where)}, expected {wanted} ± {self.allowed:.0e}"


EMPTY_DIFFERENCE = Difference(0.0, 0.0, 0.0, 0.0, ())
"""The difference of two arrays without elements."""


def find_largest_difference(got: Values, wanted: Values, allowed: Values) -> Difference:
    """The element whose difference is largest beside what is allowed.  A NaN on one side alone is infinitely wrong."""
    if not got.size:
        return EMPTY_DIFFERENCE
    gap = np.abs(np.asarray(got, float) - wanted)
    ratio = gap / np.maximum(allowed, UNDERFLOW)
    if not np.isfinite(gap).all():
        same = (got == wanted) | (np.isnan(got) & np.isnan(wanted)) | np.isinf(allowed)
        ratio = np.where(same, 0.0, np.where(np.isnan(ratio), np.inf, ratio))
    return make_difference(int(np.argmax(ratio)), ratio, got, wanted, allowed)


def make_difference(element: int, ratio: Values, got: Values, wanted: Values, allowed: Values) -> Difference:
    """The difference at one element, counted row by row."""
    where = tuple(map(int, np.unravel_index(element, got.shape)))
    bar = allowed.item(element) if np.shape(allowed) == got.shape else np.broadcast_to(allowed, got.shape)[where]
    return Difference(ratio.item(element), float(got.item(element)), float(wanted.item(element)), float(bar), where)


def compare_with_few_repeats_first(compare: Callable[[int], Difference]) -> Difference:
    """A comparison that measures rounding by so many Monte Carlo repeats: by few where that is comfortable."""
    first = compare(FEW_REPEATS)
    return first if first.ratio <= COMFORTABLE_SHARE else compare(REPEATS)


def compare_within_rounding(got: Values, wanted: Values, spread: Callable[[int], Values]) -> Difference:
    """Compare two results of the same code.  The rounding, spread(repeats), is measured only where they differ, and
    counts twice, once for each side."""
    exact = find_largest_difference(got, wanted, np.where(np.isfinite(wanted), 0.0, np.inf))
    if exact.ratio == 0:
        return exact
    reordered = REORDERING_FACTOR * EPS * float(np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted)))

    def compare(repeats: int) -> Difference:
        return find_largest_difference(
            got, wanted, np.where(np.isfinite(wanted), 2 * spread(repeats) + reordered, np.inf)
        )

    return compare_with_few_repeats_first(compare)


def existing_gradients(gradients: Sequence[Values | None], labels: Sequence[str]) -> list[tuple[str, Values]]:
    """The gradients that exist, by label."""
    return [(label, g) for label, g in zip(labels, gradients, strict=True) if g is not None]


def compute_results(evaluator: Evaluator, point: Point, upstream: Point, arrange: Arrangement = COPIED) -> list[Values]:
    """The outputs and the gradients that are owed, in this order."""
    return [
        *evaluator.outputs(point, arrange),
        *(g for g in evaluator.gradients(point, upstream, arrange) if g is not None),
    ]


def name_results(evaluator: Evaluator) -> list[tuple[str, str]]:
    """For each of the results: the input or output it belongs to, and its name in a sentence."""
    gradients = [label for label, moves in zip(evaluator.labels, evaluator.differentiable, strict=True) if moves]
    return [
        *((name, name) for name in evaluator.op.outputs),
        *((label, f"the gradient of {label}") for label in gradients),
    ]


def make_rounding_measures(evaluator: Evaluator, eps: float = EPS) -> Callable[[int], Callable[[int], Values]]:
    """For result number i, how its rounding is measured by so many repeats; all results together, at most once."""
    case = evaluator.case

    def measured(repeats: int) -> list[Values]:
        def run(arrange: Arrangement) -> list[Values]:
            return compute_results(evaluator, case.point, case.upstream, arrange)

        bars: list[Values] = evaluator.compute_once(
            (b"spreads", repeats, eps),
            lambda: measure_rounding(run, case.rng("rounding"), eps, repeats),
        )
        return bars

    return lambda which: lambda repeats: measured(repeats)[which]


def observe_differences(
    law: str, evaluator: Evaluator, words: str, trials: Iterable[tuple[tuple[str, str], Difference]], hint: str
) -> Observation:
    """An observation from results that were compared: one finding per input or output, the first that does not hold."""
    findings: dict[str, Finding] = {}
    tightest = 0.0
    for (label, name), difference in trials:
        tightest = max(tightest, difference.ratio)
        if not difference.holds and label not in findings:
            said: dict[str, Any] = {
                "evidence": (difference.evidence,),
                "where": format_index(difference.where).strip(),
                "hint": hint,
            }
            claim = f"{words}, {name} is {difference.words}"
            findings[label] = make_finding(evaluator.op, law, evaluator.case, claim, input=label, **said)
    return Observation(tuple(findings.values()), tightest)


def merge_observations(observations: Iterable[Observation]) -> Observation:
    """Several observations of one law in one case as one: of findings with the same identity, the first; abstained
    where all of them were."""
    seen = list(observations)
    findings = {f.identity: f for o in reversed(seen) for f in reversed(o.findings)}
    abstained = seen[0].abstained if all(o.abstained for o in seen) else ""
    return Observation(tuple(findings.values()), max((o.tightest for o in seen), default=0.0), abstained=abstained)
