"""The other factor of a product or quotient: missing, inverted, twice, or on the way back to another addend."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.coefficients import measure_plain_lengths
from gradcheck.causes.hypotheses.operations.changes import hold_operand, pass_on, scale_path, use_other
from gradcheck.causes.hypotheses.operations.operands import compute, is_array_of_reals, move_operand
from gradcheck.causes.hypotheses.operations.view import OperationView
from gradcheck.causes.setting_names import is_share_of_dropout
from gradcheck.causes.spot_text import SpotText, read_spot
from gradcheck.causes.watched_forward import Change, Operation, Spot

NAMES_OF_TARGETS = frozenset({"y", "t", "target", "targets", "label", "labels", "Y"})
"""Names that people give to what is to be predicted, which is no mask where it is zero or one."""


def list_factor_changes(view: OperationView, spot: Spot, text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that the other factor of a product or quotient is missing, inverted or twice on the way back."""
    multiplies = view.forward.seen[spot][0].function == "multiply"
    hint = "Multiply by it, once." if multiplies else "Divide by it, once."
    for k in (0, 1) if multiplies else (0,):
        factor = f"{'factor' if multiplies else 'divisor'} `{text.operands[1 - k]}` in {text.where}"
        for cause in describe_missing_factor(view, spot, text.operands[1 - k], k, Cause("", factor, hint)):
            yield f"factor {k}", pass_on(k), cause
        words = f"it is {'divided' if multiplies else 'multiplied'} by the {factor} where it must be the reverse"
        yield f"inverse {k}", invert_factor(k), Cause("product-for-quotient", words, hint)
        yield f"repeated {k}", repeat_factor(k), Cause("factor-extra", f"the {factor} is applied twice", hint)
    if not multiplies and is_array_of_reals(view.forward.seen[spot][0].operands[1]):
        for axis, length in measure_plain_lengths(view.case).items():
            words = f"it is divided by the length of {axis} where `{text.operands[1]}` is right in {text.where}"
            cause = Cause("wrong-count", words, f"Divide by `{text.operands[1]}`.")
            yield f"divided by {axis}", use_other(0, np.asarray(max(length, 1))), cause


def invert_factor(k: int) -> Change:
    """Multiply where it must be divided, or the reverse, on the way back to operand k of a product or quotient."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        other, moved = before.operands[1 - k], move_operand(before, now, k)
        return compute(now, k, before.operands[k]) + (moved / other if now.function == "multiply" else moved * other)

    return change


def repeat_factor(k: int) -> Change:
    """Apply the other factor twice on the way back to operand k of a product or quotient."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        other, moved = before.operands[1 - k], move_operand(before, now, k)
        power = other * other if now.function == "multiply" else 1 / (other * other)
        return compute(now, k, before.operands[k]) + moved * power

    return change


def describe_missing_factor(view: OperationView, spot: Spot, text: str, k: int, factor: Cause) -> list[Cause]:
    """Describe that the factor beside operand k is missing: a mask, a share of dropout, or another one; in a later case
    by all names of which one may be left.  text: what it is in the source; factor: its words, and the hint."""
    others = [o.operands[1 - k] for o in view.forward.seen[spot]]
    words = re.findall(r"[A-Za-z_]\w*", text)
    missing = Cause("factor-missing", f"the {factor.words} is missing", factor.hint)
    share = Cause("keep-scale-missing", missing.words, factor.hint)
    mask = Cause("mask-missing", f"the mask is not applied: the {factor.words} is missing", "Multiply by the mask.")
    if view.case.suspects is not None:
        return [missing, share, mask]
    if all(np.ndim(a) == 0 for a in others) and any(map(is_share_of_dropout, words)):
        return [share]
    is_mask = all(np.ndim(a) > 0 and np.all((np.asarray(a) == 0) | (np.asarray(a) == 1)) for a in others)
    return [mask if is_mask and NAMES_OF_TARGETS.isdisjoint(words) else missing]


def list_spread_factors(view: OperationView, spot: Spot, text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that a factor of one addend is multiplied, on the way back, to the other addend as well."""
    operations = view.forward.seen[spot]
    for k in (0, 1):
        for maker_spot, maker in view.makers.get(id(operations[0].given[k]), []):
            source = read_spot(maker_spot)
            if maker.function not in ("multiply", "divide", "true_divide") or source is None:
                continue
            for m in (0, 1) if maker.function == "multiply" and len(source.operands) == 2 else ():
                factor = maker.operands[m]
                if len(operations) == 1 and np.ndim(factor) <= np.ndim(operations[0].result):
                    words = f"the factor `{source.operands[m]}` of `{source.text}` multiplies the other part as well"
                    hint = f"Multiply by `{source.operands[m]}` only what it multiplies in the forward."
                    cause = Cause("factor-extra", f"{words}, `{text.operands[1 - k]}` in {text.where}", hint)
                    yield f"spread {k} {m}", scale_path(hold_operand(1 - k), factor), cause
