"""Hypotheses of a factor that is the same for all elements: a sign, a length, a setting, a constant."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.lengths import Quantity, measure_lengths, measure_quantities
from gradcheck.causes.setting_names import is_share_of_dropout, list_number_settings
from gradcheck.causes.wrong_case import WrongCase

WRONG_SIGN = Cause("sign", "it has the wrong sign", "Negate it.")
ZERO = Cause("zero", "nothing flows back: it is zero", "Look for a term that is never added, or a result that is lost.")

NEAR_FACTOR = 1e-6
"""The part of a factor by which a named number may differ from the fitted one, before all elements are compared."""

LARGEST_PART = 12
"""The largest numerator and denominator that are written as a fraction."""

NAMES = frozenset(
    {
        "constant-factor",
        "divided-by-length",
        "factor-extra",
        "factor-missing",
        "keep-scale-missing",
        "multiplied-by-length",
        "product-for-quotient",
        "setting-factor",
        "unbiased",
        "wrong-count",
    }
)
"""The causes of which nothing is seen where the right gradient is zero."""

FRACTIONS = {
    Fraction(1, 2): "half",
    Fraction(1, 3): "a third of",
    Fraction(2, 3): "two thirds of",
    Fraction(1, 4): "a quarter of",
    Fraction(3, 4): "three quarters of",
    Fraction(2): "twice",
    Fraction(3): "three times",
    Fraction(4): "four times",
}

KNOWN_CONSTANTS = {
    "sqrt(2)": math.sqrt(2),
    "sqrt(pi)": math.sqrt(math.pi),
    "sqrt(2/pi)": math.sqrt(2 / math.pi),
    "sqrt(2*pi)": math.sqrt(2 * math.pi),
    "pi": math.pi,
    "2*pi": 2 * math.pi,
    "log(2)": math.log(2),
    "log(10)": math.log(10),
    "e": math.e,
}


@dataclass(frozen=True)
class NamedFactor:
    """A number by which a gradient may be multiplied, and the cause that this is."""

    cause: Cause
    value: float


def propose_sign(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient has the wrong sign."""
    yield Hypothesis(WRONG_SIGN, -case.expected(i).value)


def propose_zero(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is zero."""
    yield Hypothesis(ZERO, np.zeros(case.inputs[i].shape))


def propose_factor(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is multiplied by a number: a length, a setting, or else a constant."""
    expected = case.expected(i).value
    if not expected.any():
        suspects = (cause for cause in case.suspects or () if isinstance(cause, Cause) and cause.name in NAMES)
        yield from (Hypothesis(cause, expected) for cause in suspects)
    factor = fit_factor(case, i, expected)
    if factor is None:
        return
    for named in list_named_factors(case, factor):
        if abs(named.value - factor) <= NEAR_FACTOR * abs(factor):
            yield Hypothesis(named.cause, named.value * expected)


def is_scaled_by_setting(case: WrongCase, i: int) -> bool:
    """Whether a wrong gradient of several elements is the right one times a setting: that backward takes another value
    of it, which gives the same, is no other cause."""
    if case.inputs[i].size < 2 or not case.is_wrong(i):
        return False
    factor = fit_factor(case, i, case.expected(i).value)
    named = [named.value for named in list_settings_as_factors(case)]
    return factor is not None and any(abs(value - factor) <= NEAR_FACTOR * abs(factor) for value in named)


def fit_factor(case: WrongCase, i: int, expected: Values) -> float | None:
    """Return the number by which the expected gradient is multiplied; None where there is none."""
    claimed = case.claimed[i]
    norm = float(np.sum(expected * expected))
    if claimed is None or claimed.shape != expected.shape or not np.isfinite(norm) or not norm:
        return None
    factor = float(np.sum(claimed * expected)) / norm
    return factor if factor and case.is_claimed(i, factor * expected) else None


def list_named_factors(case: WrongCase, fitted: float) -> Iterator[NamedFactor]:
    """Yield the numbers that a factor may be, those that are named first."""
    yield from list_lengths_as_factors(case)
    yield from list_settings_as_factors(case)
    yield name_constant(fitted)


def list_lengths_as_factors(case: WrongCase) -> Iterator[NamedFactor]:
    """Yield the lengths of axes, their products, ratios, roots and inverses."""
    quantities = measure_quantities(case)
    for q in quantities:
        yield from divide_and_multiply(q)
    lengths = measure_lengths(case)
    for a, b in permutations(lengths, 2):
        words = f"it is divided by the length of {b} where that of {a} is right"
        hint = f"Divide by the length of {a}, not of {b}."
        yield NamedFactor(Cause("wrong-count", words, hint), lengths[a] / max(lengths[b], 1))
    for name, n in lengths.items():
        yield from list_roots(name, n)
        if n > 1:
            yield from list_corrections(name, n)


def divide_and_multiply(q: Quantity) -> Iterator[NamedFactor]:
    """Yield a quantity and its inverse, by themselves, with the other sign, doubled and halved."""
    if not q.value:
        return
    for factor, often in ((1.0, ""), (2.0, "twice "), (0.5, "half ")):
        times = f"it is multiplied by {often}{q.words}"
        hint = f"Divide it by {often}{q.words}: take the average, not the sum."
        if often and q.is_product:
            continue
        product = Cause("multiplied-by-length", times, hint)
        over = f"it is divided by {often}{q.words}: averaged where the sum is right"
        quotient = Cause(
            "divided-by-length", over, f"Do not divide by {often}{q.words}: take the sum, not the average."
        )
        for cause, value in ((product, factor * q.value), (quotient, 1 / (factor * q.value))):
            yield NamedFactor(cause, value)
            yield NamedFactor(add_sign(cause), -value)


def add_sign(cause: Cause) -> Cause:
    """Return a cause with the wrong sign besides."""
    return Cause(cause.name, f"{cause.words}, and has the wrong sign", f"{cause.hint} Negate it.")


def list_roots(name: str, n: int) -> Iterator[NamedFactor]:
    """Yield the roots of a length, by which scores are scaled, and the inverse."""
    root = f"sqrt({name})" if name.isidentifier() else f"the square root of the length of {name}"
    missing = Cause("factor-missing", f"the factor 1 / {root} is missing", f"Divide it by {root}.")
    extra = Cause("factor-extra", f"it is divided by {root} once too often", f"Do not divide it by {root}.")
    yield NamedFactor(missing, math.sqrt(n))
    if n:
        yield NamedFactor(extra, 1 / math.sqrt(n))


def list_corrections(name: str, n: int) -> Iterator[NamedFactor]:
    """Yield the ratios of a length and one less, between a variance and its unbiased estimate."""
    for right, wrong, value in ((n, n - 1, n / (n - 1)), (n - 1, n, (n - 1) / n)):
        use = f"the length of {name}" + (" less one" if right < wrong else "")
        avoid = f"the length of {name}" + (" less one" if wrong < right else "")
        cause = Cause("unbiased", f"it is divided by {avoid} where {use} is right", f"Divide by {use}.")
        yield NamedFactor(cause, value)


def list_settings_as_factors(case: WrongCase) -> Iterator[NamedFactor]:
    """Yield the settings that are numbers, what they leave of one, their squares and roots, and the inverses."""
    for name, value in list_number_settings(case.settings).items():
        yield from list_setting_as_factors(name, value, is_length=isinstance(case.settings[name], int))


def list_setting_as_factors(name: str, value: float, is_length: bool = False) -> Iterator[NamedFactor]:
    """Yield what one setting may stand for as a factor.  is_length: whether it is a whole number, as the length of a
    window, whose square is its area; that of any other number hardly stands in a formula."""
    kind = "keep-scale-missing" if is_share_of_dropout(name) else "setting-factor"
    terms = {name: value, f"(1 - {name})": 1 - value, f"(1 + {name})": 1 + value, f"{name}**2": value * value}
    if value > 0:
        terms[f"sqrt({name})"] = math.sqrt(value)
    square = f"{name}**2"
    for text, number in terms.items():
        if number and math.isfinite(number):
            if text == square and not is_length:
                words, hint = f"it is multiplied by {name} where it must be divided", f"Divide it by {name}."
                yield NamedFactor(Cause("product-for-quotient", words, hint), number)
                words, hint = f"it is divided by {name} where it must be multiplied", f"Multiply it by {name}."
                yield NamedFactor(Cause("product-for-quotient", words, hint), 1 / number)
                continue
            extra = Cause(kind, f"the factor 1 / {text} is missing", f"Divide it by {text}.")
            missing = Cause(kind, f"the factor {text} is missing", f"Multiply it by {text}.")
            yield NamedFactor(extra, number)
            yield NamedFactor(missing, 1 / number)


def name_constant(factor: float) -> NamedFactor:
    """Return a factor as a constant, in as many digits as tell it from one."""
    sign = ", and has the wrong sign" if factor < 0 else ""
    value, times, inverse = describe_constant(abs(factor))
    negate = " Negate it." if sign else ""
    cause = Cause("constant-factor", f"it is {times} the right gradient{sign}", f"{inverse}{negate}")
    return NamedFactor(cause, math.copysign(value, factor))


def describe_constant(factor: float) -> tuple[float, str, str]:
    """Return a positive constant, how often it is the right gradient in words, and how to correct it."""
    share = Fraction(factor).limit_denominator(LARGEST_PART)
    if share and share != 1 and share.numerator <= 1000 and abs(share - factor) <= NEAR_FACTOR * factor:
        times = FRACTIONS.get(share, f"{share} times" if share.denominator == 1 else f"{share} of")
        correction = f"Multiply it by {1 / share}." if share < 1 else f"Divide it by {share}."
        return float(share), times, correction
    for text, number in KNOWN_CONSTANTS.items():
        for words, value in ((f"{text} times", number), (f"1 / {text} times", 1 / number)):
            if abs(value - factor) <= NEAR_FACTOR * factor:
                return value, words, f"Look for {text}."
    if abs(factor - 1) < 1e-3:
        beyond = f"1 {'+' if factor > 1 else '-'} {abs(factor - 1):.1g}"
        return factor, f"{beyond} times", "Look for a constant that is not exact."
    return factor, f"{factor:.6g} times", f"Look for the constant {factor:.6g}, or one over it: {1 / factor:.6g}."
