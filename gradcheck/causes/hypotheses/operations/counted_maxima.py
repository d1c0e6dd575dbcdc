"""The gradient through a maximum, which cancels out in the end, where it is counted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.changes import hold_operand
from gradcheck.causes.hypotheses.operations.functions import BINARY
from gradcheck.causes.hypotheses.operations.view import OperationView
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Spot, find_memory_owner


def find_counted_maxima(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield that the gradient through a maximum is counted that cancels out: one of the two uses of it is left out."""
    free = replace(view, idle={}, known={})
    made = {id(find_memory_owner(o.made)) for spot in view.idle for o in view.forward.seen[spot]}
    for spot, text in spots.items():
        operations = view.forward.seen[spot]
        for k, operand in enumerate(text.operands if operations[0].function in BINARY else ()):
            uses = k < len(operations[0].given) and any(id(o.given[k]) in made for o in operations)
            counted = "the gradient through a maximum is counted that cancels out"
            words = f"{counted}: that of `{operand}` in {text.where} is missing"
            cause = Cause("max-counted", words, "Leave the maximum out: nothing flows back through it in the end.")
            if uses and view.case.is_left(cause) and free.reproduces(f"operand {k}", {spot: hold_operand(k)}):
                yield cause


def has_tied_maximum(view: OperationView) -> bool:
    """Whether a maximum through which nothing flows is reached by several elements, of which backward may count all."""
    rows = [o for spot in view.idle for o in view.forward.seen[spot]]
    axes = [o.operands[1] if len(o.operands) > 1 else o.settings.get("axis") for o in rows]
    reached = [o.operands[0] == o.apply(o.operands[0], axis, keepdims=True) for o, axis in zip(rows, axes, strict=True)]
    return any(np.sum(mask) > o.result.size for o, mask in zip(rows, reached, strict=True))
