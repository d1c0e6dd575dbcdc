"""extremes: finite where the true value and gradient are finite."""

from typing import Any

import numpy as np

from gradcheck.arrays import Point
from gradcheck.bench import Bench, UserError
from gradcheck.case import Case
from gradcheck.laws.law import Law, Observation, found, merged, place, result_names, results
from gradcheck.op import Op
from gradcheck.oracles import autodiff
from gradcheck.oracles.forward import slopes

Array = np.ndarray[Any, Any]
SCALES = (2.0**8, 2.0**13)  # e^x overflows float64 from 710 on: both sides of it are visited


def stretched(bench: Bench, scale: float) -> Point:
    """The point with differentiable inputs moved out by a factor, as far as their domain allows."""
    rows = zip(bench.frame.domains, bench.case.point, bench.differentiable, strict=True)
    names: dict[str, int] = {}
    return tuple(domain.map(a * scale, names) if moves and a.size else a for domain, a, moves in rows)


def examine(op: Op, case: Case, bench: Bench) -> Observation:
    """Look at outputs and gradients far out, wherever a witness says that the truth is finite."""
    return merged(at_extreme(op, Bench(op, case.at(stretched(bench, scale)))) for scale in SCALES)


def at_extreme(op: Op, bench: Bench) -> Observation:
    """One extreme point."""
    case = bench.case
    got = results(bench, case.point, case.upstream)
    if all(np.isfinite(r).all() for r in got):
        return Observation()
    truth = finite_truth(bench)
    if not any(known.any() for known in truth):
        return Observation(abstained="no witness knows the value out here")
    findings = []
    for (label, name), result, known in zip(result_names(bench), got, truth, strict=True):
        wrong = known & ~np.isfinite(result)
        if wrong.any():
            where = tuple(map(int, np.unravel_index(int(np.argmax(wrong)), wrong.shape)))
            claim = f"{name} is {result[where]}{place(where)}, though the truth is finite"
            hint = "Rearrange so that every exponential is taken of a negative number, and no product meets infinity."
            findings.append(found(op, "extremes", case, claim, input=label, where=place(where).strip(), hint=hint))
    return Observation(tuple(findings))


def finite_truth(bench: Bench) -> list[Array]:
    """For each result, where it is known to be finite: by the reference in extended precision or its autodiff, else
    by differences of the forward."""
    point = bench.case.point
    outputs = [np.isfinite(y) for y in bench.outputs(point)]
    moves = [np.zeros(a.shape, bool) for a, moves in zip(point, bench.differentiable, strict=True) if moves]
    if bench.op.reference is not None:
        outputs = [o | e for o, e in zip(outputs, in_extended_precision(bench), strict=True)]
        moves = by_autodiff(bench) or moves
    if all(o.all() for o in outputs) and all(not s.kinked.any() for s in slopes(bench)):
        moves = [np.ones(m.shape, bool) for m in moves]
    return [*outputs, *moves]


def by_autodiff(bench: Bench) -> list[Array]:
    """Where the reference's gradients are finite; nothing where it cannot be differentiated."""
    try:
        answer = autodiff.answer(bench, bench.case.point, bench.case.upstream)
    except (UserError, autodiff.ReferenceMismatch):
        return []
    return [np.isfinite(g) & answer.in_range for g in answer.gradients if g is not None]


def in_extended_precision(bench: Bench) -> list[Array]:
    """Where the reference is finite and within float64 when it is evaluated in long double, whose exponent has 15
    bits.  Where long double is float64 (Windows, macOS on arm64), a reference that overflows as the forward does knows
    nothing: fewer overflows are found, and no right op is accused for it."""
    none = [np.zeros(y.shape, bool) for y in bench.outputs(bench.case.point)]
    wide = [a.astype(np.longdouble) if a.dtype.kind == "f" else a for a in bench.case.point]
    try:
        y = bench.op.reference(*wide, **bench.case.settings)  # type: ignore[misc]
    except Exception:  # a reference in JAX alone cannot take long doubles
        return none
    values = y if isinstance(y, tuple) else (y,)
    largest = np.finfo(np.float64).max
    return [np.abs(np.asarray(v)) < largest if np.shape(v) == n.shape else n for v, n in zip(values, none, strict=True)]


LAW = Law(
    "extremes",
    "Outputs and gradients are finite wherever the true ones are, far out in the domain.",
    "One overflow turns into NaN, and one NaN in a batch destroys every parameter it touches.",
    examine,
)
