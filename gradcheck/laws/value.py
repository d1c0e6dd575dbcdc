"""value: forward agrees with the reference."""

from typing import Any

import numpy as np

from gradcheck.bench import Bench, UserError
from gradcheck.case import Case
from gradcheck.laws.law import Difference, Law, Observation, found, largest_difference
from gradcheck.op import Op
from gradcheck.oracles import autodiff
from gradcheck.oracles.bounds import AUTODIFF, EPS
from gradcheck.oracles.rounding import Noisy, nudged, rounding
from gradcheck.verdict import Evidence

Array = np.ndarray[Any, Any]


def examine(op: Op, case: Case, bench: Bench) -> Observation:
    """Compare every output with the formula's."""
    findings, tightest, judged = [], 0.0, False
    for name, got, difference in compared(bench):
        if isinstance(difference, str):
            findings.append(found(op, "value", case, f"output {name} {difference}", input=name, **at_forward(op)))
        elif difference is not None:
            judged, tightest = True, max(tightest, difference.ratio)
            if not difference.holds:
                said = Evidence("reference", difference.got, difference.wanted, difference.allowed, False)
                claim = f"output {name} is {difference.words}"
                findings.append(found(op, "value", case, claim, input=name, evidence=(said,), where=str(difference.where), **at_forward(op)))
    return Observation(tuple(findings), tightest, abstained="" if judged or findings else "the reference is not finite here")


def at_forward(op: Op) -> dict[str, Any]:
    """A wrong value stands in the forward."""
    code = getattr(op.forward, "__code__", None)
    return {"file": code.co_filename, "line": code.co_firstlineno} if code else {}


def compared(bench: Bench) -> list[tuple[str, Array, Difference | str | None]]:
    """Each output with its difference from the reference: words where the shape differs, None where the reference is not finite."""

    def compare() -> list[tuple[str, Array, Difference | str | None]]:
        got, wanted = bench.outputs(bench.case.point), autodiff.outputs(bench, bench.case.point)
        if len(got) != len(wanted):
            return [(bench.op.outputs[0], got[0], f"comes with {len(got)}, the reference with {len(wanted)} outputs")]
        bars = reference_bars(bench, wanted)
        return [(n, g, one(bench, i, g, w, b)) for i, (n, g, w, b) in enumerate(zip(bench.op.outputs, got, wanted, bars, strict=False))]

    found: list[tuple[str, Array, Difference | str | None]] = bench.remembered((b"value",), compare)
    return found


def one(bench: Bench, which: int, got: Array, wanted: Array, bar: Array) -> Difference | str | None:
    """One output against the reference; the forward's own rounding is measured only where the rest does not suffice."""
    if got.shape != wanted.shape:
        return f"has shape {got.shape}, expected {wanted.shape}"
    known = np.isfinite(wanted) & np.isfinite(bar)
    if got.size and not known.any():
        return None
    bar = np.where(known, bar, np.inf)
    difference = largest_difference(np.where(known, got, 0), np.where(known, wanted, 0), bar)
    if difference.holds or not np.isfinite(difference.got):
        return difference
    own = rounding(lambda arrange: bench.outputs(bench.case.point, arrange), bench.case.rng("value"))[which]
    return largest_difference(np.where(known, got, 0), np.where(known, wanted, 0), bar + own)


def reference_bars(bench: Bench, wanted: tuple[Array, ...]) -> list[Array]:
    """How far the reference's outputs may be off: its movement under Monte Carlo arithmetic, or of its inputs where it is no NumPy code."""
    rng, point = bench.case.rng("reference"), bench.case.point
    reference = bench.op.reference
    assert reference is not None

    def by_numpy(arrange: Any) -> tuple[Array, ...]:
        try:
            y = reference(*map(arrange, point), **bench.case.settings)
        except Exception as error:
            raise UserError("reference", error, reference) from error
        return tuple(y) if isinstance(y, (tuple, list)) else (y,)

    try:
        bars = rounding(by_numpy, rng)
    except (UserError, ValueError):
        Noisy.rng = rng
        moved = autodiff.outputs(bench, tuple(map(nudged, point)))
        bars = [AUTODIFF * (2**26 * EPS * np.abs(m - w) + EPS * np.abs(w)) for m, w in zip(moved, wanted, strict=True)]
    return [bar + AUTODIFF * EPS * np.abs(w) for bar, w in zip(bars, wanted, strict=True)]


def differs(bench: Bench) -> bool:
    """Whether the forward computes something else than the reference in this case."""
    return any(isinstance(d, str) or (d is not None and not d.holds) for _, _, d in compared(bench))


LAW = Law(
    "value",
    "Forward agrees with the reference formula.",
    "A backward can be the exact gradient of the wrong function; differences of the forward cannot tell.",
    examine,
    lambda op: "" if op.reference else "no reference was given",
)
