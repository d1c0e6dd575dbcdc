"""The engine: check(op) examines every law on the same cases, and shrinks what it finds."""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version

from gradcheck.checking.diagnosis import explain_finding
from gradcheck.checking.op_check import OpCheck, examine_case, forward_raises
from gradcheck.declaration.op import Op, list_declared_arrays
from gradcheck.generation import search
from gradcheck.generation.chosen_point import make_example_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws import LAWS
from gradcheck.laws.law import make_finding
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, OpResult

DIAGNOSIS_CASES = 24
"""Cases in which a cause is looked for once more."""

MAX_SHRUNK_FINDINGS = 4
"""Findings per op that are shrunk; an op with more has one cause, and the first few show it."""


def check(
    op: Op,
    *,
    examples: int = 100,
    seed: int = 0,
    laws: Sequence[str] = tuple(LAWS),
    kept: Iterable[Case] = (),
    shrink: bool = True,
    step: Callable[[int], None] = lambda done: None,
    examination: OpCheck | None = None,
) -> OpResult:
    """Examine an op by laws on generated cases, and shrink what is found.

    Parameters
    ----------
    op : Op
        What is examined; `adapt` makes one of other code.
    examples : int, optional
        The number of generated cases.
    seed : int, optional
        The same seed gives the same cases.
    laws : sequence of str, optional
        The names of the laws to ask; by default all.
    kept : iterable of Case, optional
        Cases that are examined first, and not counted.
    shrink : bool, optional
        Whether to look for the smallest counterexample and for the cause.
    step : callable, optional
        ``step(done)`` is called after each generated case with their number.
    examination : OpCheck, optional
        Can be asked for its partial result when the check is interrupted.

    Returns
    -------
    OpResult
        A verdict for each law.  Nothing that the op does raises.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, name="square", x="N D")
    >>> result = check(op, examples=4, laws=("contract", "gradient"))
    >>> print(result.op, result.status, result.cases)
    square passed 4
    """
    chosen = [LAWS[name] for name in LAWS if name in laws]
    seen = OpCheck(op, chosen) if examination is None else examination
    with silence_warnings():
        for case in (*kept, *make_example_cases(op, seed)):
            seen.take(case, counted=False)
        for done, case in enumerate(search.generate_cases(op, examples, seed)):
            seen.take(case)
            step(done + 1)
        seen.arbitration.settle()
        add_convention_conflicts(seen)
        drop_disputed_gradients(seen)
        if shrink:
            shrink_findings(seen, seed)
        seen.complete = True
        return seen.result()


def add_convention_conflicts(seen: OpCheck) -> None:
    """The convention at one kind of kink must be the same in every case; of ties, which may be of several kinds,
    first and last exclude each other, unless whole numbers decide in which order elements come, as in a gather."""
    tally = seen.accumulators.get("kinks")
    in_order = all(declared.differentiable for declared in list_declared_arrays(seen.op))
    if tally is None or tally.findings:
        return
    names: dict[str, tuple[str, Case]] = {}
    for key, (convention, case) in tally.conventions.items():
        where = key.rpartition(" → ")[0]
        other, _ = names.setdefault(where, (convention, case))
        exclusive = not where.startswith("tie") or (in_order and {other, convention} == {"first", "last"})
        if other != convention and exclusive:
            claim = f"at the kink {where} the convention is {other!r} in one case, {convention!r} in another"
            finding = make_finding(seen.op, "kinks", case, claim, hint="Decide ties and zeros in one place.")
            tally.findings[finding.identity] = finding


def drop_disputed_gradients(seen: OpCheck) -> None:
    """Where the forward computes something else than the reference, a gradient that the reference alone disputes is not
    disputed: it may be right for what the forward computes, also in cases in which the two values meet."""
    value, gradient = seen.accumulators.get("value"), seen.accumulators.get("gradient")
    if value and gradient and value.findings:
        gradient.findings = {i: f for i, f in gradient.findings.items() if f.status != "disputed"}


def shrink_findings(seen: OpCheck, seed: int) -> None:
    """Shrink the first few findings, those that follow from others last."""
    findings = sorted(
        (f for t in seen.accumulators.values() for f in t.findings.values()), key=lambda f: bool(f.follows)
    )
    for finding in findings[:MAX_SHRUNK_FINDINGS]:
        law = LAWS[finding.law]
        assert finding.case is not None
        case = search.shrink_case(seen.op, finding.case, partial(is_finding_met, seen.op, finding), seed)
        if mended := reproduce_finding(seen.op, finding, case):
            others = search.generate_cases(seen.op, DIAGNOSIS_CASES, seed)
            told = explain_finding(seen.op, replace(mended, follows=finding.follows), others)
            seen.accumulators[law.name].findings[finding.identity] = told


def is_finding_met(op: Op, finding: Finding, case: Case) -> bool:
    """Whether the finding is met in another case."""
    return reproduce_finding(op, finding, case) is not None


def reproduce_finding(op: Op, finding: Finding, case: Case) -> Finding | None:
    """The same finding in another case, None where it is not there."""
    if op.origin.shapes_inferred and forward_raises(op, case):
        return None
    seen = examine_case(op, case, [LAWS[finding.law]])[finding.law]
    return next((f for f in seen.findings if f.identity == finding.identity and f.status == finding.status), None)


def collect_versions() -> dict[str, str]:
    """The versions that the figures depend on."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("gradcheck", "hypothesis", "jax", "jaxlib", "numpy")},
    }
