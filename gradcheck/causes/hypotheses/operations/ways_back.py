"""The ways back through the operations at one spot: through their result, each operand, and the rounds of a loop."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.changes import hold_operand, hold_result, hold_rounds
from gradcheck.causes.hypotheses.operations.functions import BINARY
from gradcheck.causes.hypotheses.operations.path_causes import HELD, describe_path, name_operand, name_result
from gradcheck.causes.hypotheses.operations.view import OperationView
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Change, Spot
from gradcheck.causes.wrong_case import WrongCase


@dataclass(frozen=True)
class WayBack:
    """A way back through one operation, which a mistake may miss or scale.

    name: of the change that holds it constant; describe: the cause, by the formula of the coefficient.
    """

    name: str
    hold: Change
    describe: Callable[[str], Cause]


def list_paths(view: OperationView, spot: Spot, text: SpotText, one_kind: bool = False) -> Iterator[WayBack]:
    """Yield the ways back through the operations at one spot: through their result, and through each operand.
    one_kind: whether each is yielded once, and not for each name that it may have in other cases."""
    operations = view.forward.seen[spot]
    where = text.where
    for kind in ["path-missing"] if one_kind else list_kinds(view.case, name_result(view, spot, text)):
        yield WayBack("result", hold_result, partial(describe_path, view.case, kind, where))
    if operations[0].function in BINARY and len(text.operands) == len(operations[0].operands):
        for k in range(len(text.operands)):
            if all(isinstance(o.operands[k], np.ndarray) for o in operations):
                through = f"`{text.operands[k]}` in {where}"
                for kind in ["path-missing"] if one_kind else list_kinds(view.case, name_operand(view, spot, text, k)):
                    describe = partial(describe_path, view.case, kind, through)
                    yield WayBack(f"operand {k}", hold_operand(k), describe)
    if one_kind:
        return
    is_loop = len(operations) > 1 or view.case.suspects is not None  # of one round, where others had several
    is_all = view.case.suspects is None and is_loop and view.reproduces("result", {spot: hold_result})
    if is_loop and not is_all and len({o.function for o in operations}) == 1:
        for kept, which in ((len(operations) - 1, "last"), (0, "first")):
            yield WayBack(f"all but the {which}", hold_rounds(kept), partial(describe_rounds, which, where))


def list_kinds(case: WrongCase, kind: str) -> list[str]:
    """Return the name of the cause of a missing way back: in the first case the fitting one, later all, of which one
    may be left; a loop of a single round does not tell what is carried on."""
    return [kind] if case.suspects is None else ["path-missing", *HELD]


SCALED_ROUNDS = Cause("constant-factor", "", "")
"""What no mistake is: some rounds of a loop, scaled."""


def describe_rounds(which: str, where: str, formula: str) -> Cause:
    """Describe that one round of a loop counts alone; rounds that are scaled are no known mistake."""
    if formula != "0":
        return SCALED_ROUNDS
    words = f"only the {which} round of the loop counts: the way back through {where} misses the others"
    return Cause("one-step-only", words, "Add the gradients of all rounds.")
