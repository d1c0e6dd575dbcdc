"""What a setting does in the forward: by its name, else by what the forward gives for other values of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.causes.setting_names import find_kind
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.causes.wrong_case import replace_input
from gradcheck.declaration.input_declarations import InputDeclarations
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.records.case import Case

SEED_OF_ROLES = 0
"""Of the points at which a setting is looked at."""
MOST_LOOKED_AT, FEWEST_AGREEING = 6, 2
"""Points at which a setting is looked at, and at which it has to do the same."""
LARGEST_VALUE = 16
"""Values that a setting may have there."""

ROLES: WeakKeyDictionary[InputDeclarations, dict[str, str]] = WeakKeyDictionary()
"""The roles that are known by name, for the declarations of an op's inputs, forgotten with the op."""


def find_role(op: Op, name: str) -> str:
    """Find what a setting is, by a word of `setting_names.IGNORED_BY`; "" where neither its name nor the forward
    tells."""
    if kind := find_kind(name):
        return kind
    known = ROLES.setdefault(op.input_declarations(()), {})
    if name not in known:
        known[name] = find_role_by_forward(op, name) if name in op.settings else ""
    return known[name]


def find_role_by_forward(op: Op, name: str) -> str:
    """Find the role of a whole number greater than one that the forward confirms at some points, and refutes at
    none."""
    telling = (case for case in draw_telling_points(op, SEED_OF_ROLES) if is_telling(case, name))
    cases = [*islice(telling, MOST_LOOKED_AT)]
    for role, has_role in TESTS_OF_ROLES.items():
        found = [has_role(op, case, name) for case in cases]
        if False not in found and found.count(True) >= FEWEST_AGREEING:
            return role
    return ""


def is_telling(case: Case, name: str) -> bool:
    """Whether a setting is a whole number greater than one in a case."""
    value = case.settings[name]
    return type(value) is int and 1 < value <= LARGEST_VALUE


def run_with(op: Op, case: Case, point: Point, settings: Mapping[str, Any]) -> Values | None:
    """Return the first output at a point with other settings; None where forward refuses these."""
    inputs = dict(zip(case.inputs, point, strict=True))
    changed = replace(case, inputs=inputs, upstream=(), settings={**case.settings, **settings})
    try:
        with np.errstate(all="ignore"):
            return Evaluator(op, changed).outputs(changed.point)[0]
    except (UserError, Malformed):
        return None


def is_stride(op: Op, case: Case, name: str) -> bool | None:
    """Whether the output is that for one, of which every so many elements are left along some axes.  None where that
    cannot be told."""
    step = case.settings[name]
    own, finest = run_with(op, case, case.point, {}), run_with(op, case, case.point, {name: 1})
    if own is None or finest is None or own.ndim != finest.ndim:
        return None
    axes = [k for k in range(own.ndim) if own.shape[k] != finest.shape[k]]
    if not axes:
        return None if np.array_equal(own, finest) else False
    kept = tuple(slice(None, None, step) if k in axes else slice(None) for k in range(own.ndim))
    return are_equal_outputs(own, finest[kept])


def is_dilation(op: Op, case: Case, name: str) -> bool | None:
    """Whether the output is that for one with zeros between the elements of an input, along one or two axes."""
    step, own = case.settings[name], run_with(op, case, case.point, {})
    if own is None:
        return None
    for k, w in enumerate(case.point):
        for axes in list_spread_axes(w):
            spread = replace_input(case.point, k, spread_out(w, axes, step))
            other = run_with(op, case, spread, {name: 1})
            if other is not None and other.shape == own.shape and are_equal_outputs(own, other):
                return True
    return None if all(max(a.shape, default=1) == 1 for a in case.point) else False


def list_spread_axes(w: Values) -> Iterator[tuple[int, ...]]:
    """Yield the axes, single and in pairs, along which an input may be spread out."""
    long = [k for k, n in enumerate(w.shape) if n > 1]
    yield from ((k,) for k in long)
    yield from ((k, k + 1) for k in range(w.ndim - 1) if {k, k + 1} & {*long})


def spread_out(w: Values, axes: tuple[int, ...], step: int) -> Values:
    """Return an array with zeros between its elements along some axes."""
    shape = [(n - 1) * step + 1 if k in axes else n for k, n in enumerate(w.shape)]
    spread = np.zeros(shape, w.dtype)
    spread[tuple(slice(None, None, step) if k in axes else slice(None) for k in range(w.ndim))] = w
    return spread


def are_equal_outputs(a: Values, b: Values) -> bool:
    """Whether two outputs of other sums in another order are the same."""
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-9 * np.max(np.abs(a), initial=0.0))


TESTS_OF_ROLES: Mapping[str, Callable[[Op, Case, str], bool | None]] = {"stride": is_stride, "dilat": is_dilation}
"""Of each role, whether a setting has it in a case; None where the case cannot tell."""
