"""Hypotheses of a factor that differs from element to element: a variable, the slope of an activation, a mask."""

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.named_axes import (
    NamedArray,
    contract,
    find_summed_axes,
    measure_axes,
    name_inputs,
    read_axis_names,
)
from gradcheck.causes.hypotheses.products import LABEL_ONE, list_atoms, read_outputs
from gradcheck.causes.wrong_case import WrongCase

Function = Callable[[Values], Values]

LOCAL_FACTORS: dict[str, Function] = {
    "{}": lambda a: a,
    "{} ** 2": lambda a: a * a,
    "(1 - {})": lambda a: 1 - a,
    "exp({})": np.exp,
}
"""What may be a factor too few or too many, by how it is written."""

SLOPES: dict[str, Function] = {
    "(1 - {} ** 2)": lambda a: 1 - a * a,
    "{} * (1 - {})": lambda a: a * (1 - a),
    "cos({})": np.cos,
}
"""Slopes of activations, in terms of their value or argument."""

MASKS: dict[str, Function] = {"({} > 0)": lambda a: a > 0, "({} < 0)": lambda a: a < 0}
"""Where something flows, by how it is written."""

OWN_MASKS: dict[str, Function] = {"{}": lambda a: a != 0, "(1 - {})": lambda a: a != 1}
"""The same for arrays of bits."""


def list_local_arrays(case: WrongCase, i: int) -> list[NamedArray]:
    """Return the inputs and outputs that fit the elements of input i without a sum, in the shape of that."""
    inputs, x = name_inputs(case), case.inputs[i]
    target = read_axis_names(case.labels[i], case.op.array(case.labels[i]).axes, x.ndim)
    found = dict[tuple[str, bytes], NamedArray]()
    for _, outputs in read_outputs(case, measure_axes(inputs)):
        for a in [*list_atoms(case, inputs), *outputs]:
            spread = None if find_summed_axes([a], target) else contract([a], target, x.shape)
            if spread is not None:
                found.setdefault((a.words, spread.tobytes()), NamedArray(a.words, np.array(spread), target))
    return list(found.values())


def propose_local_factors(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient has a factor too few or too many that differs between elements."""
    claimed, expected = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.shape != expected.shape or not np.isfinite(claimed).all() or claimed.size < 2:
        return
    for a in list_local_arrays(case, i):
        if a.words.startswith(LABEL_ONE.format("")):
            continue
        for pattern, function in {**LOCAL_FACTORS, **SLOPES}.items():
            with np.errstate(all="ignore"):
                factor = np.asarray(function(a.values), float)
                inverse = 1 / factor
            text, is_slope = pattern.format(a.words, a.words), pattern in SLOPES
            name = "slope-missing" if is_slope else "factor-missing"
            words = f"the {'slope' if is_slope else 'factor'} {text} is missing"
            missing = Cause(name, words, f"Multiply by {text}.")
            extra = Cause("factor-extra", f"the factor {text} is one too many", f"Do not multiply by {text}.")
            yield from scale_by(case, i, missing, inverse)
            yield from scale_by(case, i, extra, factor)


def scale_by(case: WrongCase, i: int, cause: Cause, factor: Values) -> Iterator[Hypothesis]:
    """Propose a factor; where it is not finite, nothing is known, but in the first case something has to be."""
    claimed, expected = case.claimed[i], case.expected(i).value
    with np.errstate(all="ignore"):
        scaled = expected * factor
    known = np.isfinite(scaled)
    assert claimed is not None
    if case.suspects is not None or np.any(known & (expected != 0)):
        yield Hypothesis(cause, np.where(known, scaled, claimed))


def propose_masks(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that a mask is not applied: the gradient is right where something flows, and must be zero elsewhere."""
    claimed, expected = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.shape != expected.shape or not np.isfinite(claimed).all():
        return
    vanishes = np.abs(expected) <= 4 * case.expected(i).error
    for a in list_local_arrays(case, i):
        for pattern, function in {**MASKS, **(OWN_MASKS if holds_bits(a.values) else {})}.items():
            flows = function(a.values)
            if vanishes[~flows].all():
                words = f"the mask {pattern.format(a.words)} is not applied: the gradient flows where it must be zero"
                cause = Cause("mask-missing", words, "Multiply by the mask.")
                if case.suspects is not None or is_told(flows, claimed, expected):
                    yield Hypothesis(cause, np.where(flows, expected, claimed))


def propose_bounds(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient flows beyond a bound of the input, where nothing depends on it any more: it is right up
    to there, and not zero beyond."""
    claimed, expected, x = case.claimed[i], case.expected(i), case.inputs[i]
    if claimed is None or claimed.shape != x.shape or not np.isfinite(claimed).all() or x.dtype.kind != "f":
        return
    vanishes = np.abs(expected.value) <= 4 * expected.error
    leaks, flows = vanishes & (claimed != 0), ~vanishes
    for words, rank in (("above an upper bound", x), ("below a lower bound", -x), ("on both sides", np.abs(x))):
        tells = leaks.any() and flows.any() and rank[leaks].min() > rank[flows].max()
        is_open = not flows.any() and case.suspects is not None
        if tells or case.suspects is not None:
            said = f"the gradient flows where the output no longer depends on {case.labels[i]}: {words}"
            cause = Cause("saturation-ignored", said, "Multiply by the mask of what lies within the bounds.")
            gradient = np.where(leaks, claimed, expected.value) if tells or is_open else expected.value
            yield Hypothesis(cause, gradient, is_tried=not is_open)


def holds_bits(a: Values) -> bool:
    """Whether an array holds ones and zeros alone."""
    return bool(np.all((a == 0) | (a == 1)))


def is_told(flows: Values, claimed: Values, expected: Values) -> bool:
    """Whether a case can tell that a mask is missing: on both sides of it there are elements, and all beyond it are
    wrong that can be."""
    return bool(np.any(expected[flows] != 0) and np.sum(flows) > 1 and np.any(claimed[~flows] != 0))
