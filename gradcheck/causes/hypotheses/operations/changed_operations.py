"""Hypotheses of one operation of the forward whose derivative is another: held constant, counted twice, without the
slope of its function, not summed.

The changed derivative is taken along a few directions by running the forward with that operation changed.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice

from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.generality import is_of_operation
from gradcheck.causes.hypotheses.operations.constant_groups import find_constant_groups
from gradcheck.causes.hypotheses.operations.counted_maxima import find_counted_maxima, has_tied_maximum
from gradcheck.causes.hypotheses.operations.expressions import find_slopes_of_expressions
from gradcheck.causes.hypotheses.operations.other_variables import find_other_variables
from gradcheck.causes.hypotheses.operations.ranking import measure_distance, place_expressions
from gradcheck.causes.hypotheses.operations.scaled_paths import find_scaled_paths
from gradcheck.causes.hypotheses.operations.slopes import find_other_slopes
from gradcheck.causes.hypotheses.operations.view import view_operations
from gradcheck.causes.spot_text import read_spot
from gradcheck.causes.wrong_case import WrongCase

MOST_SPOTS = 48
"""Places in the source whose operations are changed."""


def propose_changed_operations(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the derivative of one operation of the forward is another one."""
    view = view_operations(case, i)
    claimed = case.claimed[i]
    if claimed is None:
        return
    if view is None or (case.is_wrong(i) and not view.tells_wrong):
        yield from (Hypothesis(cause, claimed, is_tried=False) for cause in list_own_suspects(case))
        return
    spots = {spot: text for spot in view.forward.seen if (text := read_spot(spot)) is not None}
    spots = dict(islice(spots.items(), MOST_SPOTS))
    found = [*find_scaled_paths(view, spots), *find_constant_groups(view, spots), *find_other_slopes(view, spots)]
    found += [*find_slopes_of_expressions(view, spots), *find_counted_maxima(view, spots)]
    if not found or not set(list_own_suspects(case)) <= set(found):
        found += find_other_variables(view, spots)
    if has_tied_maximum(view):
        counted = (cause for cause in list_own_suspects(case) if cause.name == "max-counted")
        yield from (Hypothesis(cause, claimed, is_tried=False) for cause in counted)
    ordered = sorted(found, key=partial(measure_distance, place_expressions(spots)))
    yield from (Hypothesis(cause, claimed) for cause in ordered)


def list_own_suspects(case: WrongCase) -> list[Cause]:
    """List the suspects that are operations: where a case cannot be looked at, it refutes none of these."""
    return [cause for cause in case.suspects or () if isinstance(cause, Cause) and is_of_operation(cause)]
