"""Hypotheses of a setting that backward ignores, or takes for another value than forward."""

import inspect
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import numpy as np

from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.changed_cases import change_case, reproduces_claim
from gradcheck.causes.hypotheses.factors import is_scaled_by_setting
from gradcheck.causes.hypotheses.lengths import measure_named_lengths
from gradcheck.causes.setting_names import (
    IGNORED_BY,
    LARGEST_EPS,
    WITHOUT_EFFECT,
    are_window_and_stride,
    is_numeric,
    is_share_of_dropout,
    weighs_regularisation,
)
from gradcheck.causes.setting_roles import find_role
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.declaration.settings import Choice

Alternative = tuple[Cause, dict[str, Any]]
"""A cause, and the settings that backward takes by it."""


def propose_settings(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is right for other settings, at which the upstream is cut off, or filled with zeros,
    where the outputs have other lengths.  Where a setting without effect gives the claimed gradient, no other value of
    it is proposed: of a bound, many do."""
    claimed = case.claimed[i]
    if claimed is None or is_scaled_by_setting(case, i):
        return
    explained = set[str]()
    for cause, settings in list_alternatives(case):
        if explained >= settings.keys():
            continue
        if all(has_same_value(case.settings[name], value) for name, value in settings.items()):
            yield Hypothesis(cause, case.expected(i).value)
            continue
        changed = change_case(case, settings=settings) if case.is_left(cause) else None
        if changed is not None and reproduces_claim(changed, i):
            if case.suspects is None and "is ignored: it is as if it were " in cause.words:
                explained |= settings.keys()
            yield Hypothesis(cause, claimed)


def has_same_value(a: Any, b: Any) -> bool:
    """Whether two settings are equal, True being none of the numbers."""
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def list_alternatives(case: WrongCase) -> Iterator[Alternative]:
    """Yield other settings, each with the cause that backward takes them."""
    for name, value in case.settings.items():
        if is_numeric(value):
            yield from list_numbers_for(case, name, value)
        for option in list_usual_values(case, name) if not weighs_regularisation(name) else ():
            words = f"{name} is ignored: it is as if it were always {option!r}"
            yield Cause("setting-ignored", words, f"Let it depend on {name}."), {name: option}
    for name, other in permutations(case.settings, 2):
        yield from list_exchanged_settings(case, name, other)


def list_usual_values(case: WrongCase, name: str) -> list[Any]:
    """Return the values that a setting may have been replaced by in the code: those that may be chosen, and the default
    of forward; but for 0 and 1."""
    declared, default = case.op.settings.get(name), read_default(case.op.forward, name)
    values = [*(declared.options if isinstance(declared, Choice) else ()), *([] if default is None else [default])]
    return [value for value in dict.fromkeys(values) if not is_numeric(value) or value not in (0, 1)]


def read_default(function: Callable[..., Any], name: str) -> Any:
    """Return the default of a parameter; None where there is none that is a number, a text or a truth value."""
    try:
        default = inspect.signature(function).parameters[name].default
    except (KeyError, TypeError, ValueError):
        return None
    return default if isinstance(default, (int, float, str)) else None


def list_numbers_for(case: WrongCase, name: str, value: float) -> Iterator[Alternative]:
    """Yield other numbers for a setting."""
    if weighs_regularisation(name):
        yield from list_other_weights(case, name, value)
        return
    kind = find_role(case.op, name)
    for number in [WITHOUT_EFFECT[kind]] if kind in WITHOUT_EFFECT else [0, 1]:
        words = f"{name} is ignored: it is as if it were {number}"
        yield Cause(name_ignored(name, kind, value), words, f"Let it depend on {name}."), {name: type(value)(number)}
    if isinstance(value, int):
        for step, words in ((-1, "less"), (1, "more")):
            cause = Cause("off-by-one", f"it is as if {name} were one {words}", "Look for an index that is off by one.")
            yield cause, {name: value + step}
        return
    yield Cause("complement", f"(1 - {name}) is used for {name}", f"Use {name}."), {name: 1 - value}
    constant = f"Use {name}, without a constant."
    yield Cause("constant-factor", f"2 * {name} is used for {name}", constant), {name: 2 * value}
    yield Cause("constant-factor", f"{name} / 2 is used for {name}", constant), {name: value / 2}
    yield Cause("wrong-variable", f"-{name} is used for {name}", f"Use {name}."), {name: -value}
    if value:
        yield Cause("wrong-variable", f"1 / {name} is used for {name}", f"Use {name}."), {name: 1 / value}
        yield Cause("wrong-variable", f"{name}**2 is used for {name}", f"Use {name}."), {name: value**2}
    if value > 0:
        cause = Cause("wrong-variable", f"the square root of {name} is used for {name}", f"Use {name}.")
        yield cause, {name: float(np.sqrt(value))}


def name_ignored(name: str, kind: str, value: float) -> str:
    """Return the name of the cause that a setting is ignored.  kind: the word in it that says what it is, or ""."""
    if is_share_of_dropout(name) and not isinstance(value, int):
        return "keep-scale-missing"
    is_width = kind == "eps" and abs(value) > LARGEST_EPS
    return "margin-ignored" if is_width else IGNORED_BY.get(kind, "setting-ignored")


def list_other_weights(case: WrongCase, name: str, value: float) -> Iterator[Alternative]:
    """Yield other weights of a regularisation: none, half, twice, and divided by the length of an axis."""
    label = "the regularisation"
    hint = f"Add the derivative of the whole term with {name}, once."
    yield Cause("regularisation-missing", f"{label} is missing from the gradient", hint), {name: 0 * value}
    yield Cause("regularisation-half", f"{label} has half its gradient", hint), {name: value / 2}
    yield Cause("regularisation-twice", f"{label} has twice its gradient", hint), {name: 2 * value}
    yield Cause("regularisation-missing", f"{label} has the wrong sign", hint), {name: -value}
    for axis, n in measure_named_lengths(case).items():
        words = f"{label} is divided by the length of {axis}"
        cause = Cause("regularisation-divided", words, f"Divide the other term by the length of {axis} alone.")
        yield cause, {name: value / max(n, 1)}


def list_exchanged_settings(case: WrongCase, name: str, other: str) -> Iterator[Alternative]:
    """Yield one setting in the place of another of its kind, and both exchanged."""
    a, b = case.settings[name], case.settings[other]
    if not (is_numeric(a) and is_numeric(b) and isinstance(a, int) == isinstance(b, int)):
        return
    kind = "window-from-stride" if are_window_and_stride(name, other) else "wrong-variable"
    yield Cause(kind, f"{other} is used for {name}", f"Use {name}."), {name: b}
    if list(case.settings).index(name) < list(case.settings).index(other):
        are_sides = name.lower().endswith("h") and other.lower().endswith("w")
        kind = "height-width-exchanged" if are_sides else "wrong-variable"
        words = f"{name} and {other} are exchanged"
        yield Cause(kind, words, f"Use {name} and {other} each in its own place."), {name: b, other: a}
