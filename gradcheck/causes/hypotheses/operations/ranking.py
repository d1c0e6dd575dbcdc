"""In which order causes of the same gradient are named."""

from collections.abc import Mapping

from gradcheck.causes.cause import Cause
from gradcheck.causes.generality import measure_generality
from gradcheck.causes.hypotheses.operations.expressions import list_calls
from gradcheck.causes.spot_text import SpotText, read_spot
from gradcheck.causes.watched_forward import MOST_CALLERS, Spot


def place_expressions(spots: Mapping[Spot, SpotText]) -> dict[str, float]:
    """Return how late each operation runs, and each call, which is over once all that it does is done, by how these are
    told."""
    places = dict[str, float]()
    for k, (spot, text) in enumerate(spots.items()):
        places[text.where] = k
        for depth, call in enumerate(list_calls(spot)):
            called = read_spot(call)
            if called is not None:
                places[called.where] = k + (depth + 1) / (MOST_CALLERS + 2)
    return places


def measure_distance(places: Mapping[str, float], cause: Cause) -> tuple[int, bool, float, int]:
    """Measure how late a cause is named: by how little it says, then by how far from the output the last operation is
    that it tells, since of a chain of operations that come to the same a person reads the outermost as one; a result
    comes before an operand, and the shorter words before the longer."""
    last = max((place for where, place in places.items() if where in cause.words), default=-1.0)
    is_operand = any(f"` in {where}" in cause.words for where in places)
    return measure_generality(cause), is_operand, -last, len(cause.words)
