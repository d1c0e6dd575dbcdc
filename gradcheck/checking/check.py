"""The engine: check(op) examines every law on the same cases, and shrinks what it finds."""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version

from gradcheck.checking.diagnosis import explain
from gradcheck.checking.op_check import Examination, examine_case, refused
from gradcheck.declaration.op import Op, list_declared_arrays
from gradcheck.generation import search
from gradcheck.generation.chosen_point import make_example_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws import LAWS
from gradcheck.laws.law import make_finding
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, OpResult

FOR_DIAGNOSIS = 24
"""Cases in which a cause is looked for once more."""

MOST_SHRUNK = 4
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
    examination: Examination | None = None,
) -> OpResult:
    """Examine op on `examples` cases by the named laws, kept cases and its example first; shrink what is found.

    An `examination` that is handed in can be asked for its partial result when this is interrupted.
    """
    chosen = [LAWS[name] for name in LAWS if name in laws]
    seen = Examination(op, chosen) if examination is None else examination
    with silence_warnings():
        for case in (*kept, *make_example_cases(op, seed)):
            seen.take(case, counted=False)
        for done, case in enumerate(search.generate_cases(op, examples, seed)):
            seen.take(case)
            step(done + 1)
        seen.arbitration.settle()
        consistent(seen)
        undisputed(seen)
        if shrink:
            smallest(seen, seed)
        seen.complete = True
        return seen.result()


def consistent(seen: Examination) -> None:
    """The convention at one kind of kink must be the same in every case; of ties, which may be of several kinds,
    first and last exclude each other, unless whole numbers decide in which order elements come, as in a gather."""
    tally = seen.tallies.get("kinks")
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


def undisputed(seen: Examination) -> None:
    """Where the forward computes something else than the reference, a gradient that the reference alone disputes is not
    disputed: it may be right for what the forward computes, also in cases in which the two values meet."""
    value, gradient = seen.tallies.get("value"), seen.tallies.get("gradient")
    if value and gradient and value.findings:
        gradient.findings = {i: f for i, f in gradient.findings.items() if f.status != "disputed"}


def smallest(seen: Examination, seed: int) -> None:
    """Shrink the first few findings, those that follow from others last."""
    findings = sorted((f for t in seen.tallies.values() for f in t.findings.values()), key=lambda f: bool(f.follows))
    for finding in findings[:MOST_SHRUNK]:
        law = LAWS[finding.law]
        assert finding.case is not None
        case = search.shrink_case(seen.op, finding.case, partial(still_there, seen.op, finding), seed)
        if mended := again(seen.op, finding, case):
            others = search.generate_cases(seen.op, FOR_DIAGNOSIS, seed)
            told = explain(seen.op, replace(mended, follows=finding.follows), others)
            seen.tallies[law.name].findings[finding.identity] = told


def still_there(op: Op, finding: Finding, case: Case) -> bool:
    """Whether the finding is met in another case."""
    return again(op, finding, case) is not None


def again(op: Op, finding: Finding, case: Case) -> Finding | None:
    """The same finding in another case, None where it is not there."""
    if op.inferred and refused(op, case):
        return None
    seen = examine_case(op, case, [LAWS[finding.law]])[finding.law]
    return next((f for f in seen.findings if f.identity == finding.identity and f.status == finding.status), None)


def environment() -> dict[str, str]:
    """The versions that the figures depend on."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("gradcheck", "hypothesis", "jax", "jaxlib", "numpy")},
    }
