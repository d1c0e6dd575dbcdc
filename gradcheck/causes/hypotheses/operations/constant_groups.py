"""Several sums over axes that are held constant together, as the mean and the variance."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.changes import hold_result
from gradcheck.causes.hypotheses.operations.path_causes import name_result
from gradcheck.causes.hypotheses.operations.view import OperationView
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Spot

MOST_SUMS = 6
"""Sums over axes of which any two are held constant together."""


def find_constant_groups(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have two or all sums over axes constant, as the mean and the variance."""
    right = [direction.right for direction in view.directions]
    sums = [s for s in spots if view.forward.seen[s][0].function == "add.reduce" and s not in view.idle][:MOST_SUMS]
    sums = [s for s in sums if not view.comes_to("result", {s: hold_result}, right)]
    for group in dict.fromkeys([*combinations(sums, 2), tuple(sums)]):
        if len(group) < 2:
            continue
        names = " and ".join(spots[spot].where for spot in group)
        words = f"{names} are held constant: their gradients are missing"
        kinds = {name_result(view, spot, spots[spot]) for spot in group}
        name = "statistics-constant" if kinds & {"mean-constant", "variance-constant"} else "path-missing"
        cause = Cause(name, words, "Add the gradients that flow back through them.")
        if view.case.is_left(cause) and view.reproduces("result", dict.fromkeys(group, hold_result)):
            yield cause
