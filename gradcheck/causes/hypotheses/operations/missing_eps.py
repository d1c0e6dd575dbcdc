"""A small number that keeps a denominator from zero, where it is not added on the way back."""

from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.operands import is_number_to_add
from gradcheck.causes.setting_names import LARGEST_EPS
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Change, Operation


def list_missing_eps(operations: Sequence[Operation], text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that a small number, which keeps a denominator from zero, is not added on the way back."""
    for k in (0, 1):
        others = [o.operands[1 - k] for o in operations]
        if all(is_number_to_add(a) and abs(a) <= LARGEST_EPS for a in others):
            words = f"`{text.operands[1 - k]}` is missing on the way back: it is as if {text.where} did not add it"
            cause = Cause(
                "eps-missing", words, f"Divide by what the forward divides by, with `{text.operands[1 - k]}`."
            )
            yield f"eps {k}", leave_out_addend(k), cause


def leave_out_addend(k: int) -> Change:
    """Return operand k of a sum in place of the sum."""
    return lambda before, now, round: np.asarray(now.operands[k])
