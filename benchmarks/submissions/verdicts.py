"""Whether what an audit says of a function is what had to be said."""

from gradcheck.records.audit import FunctionResult
from submissions.supply import Expected
from submissions.treatments import RIGHT


def is_as_expected(function: FunctionResult, expected: Expected) -> bool:
    """Whether a result has the state that is expected, and where it is wrong also the part.  A right function may be
    warned of: it has all points."""
    marks = {mark.law: mark.status for mark in function.marks}
    if expected.state == RIGHT:
        return function.state.is_right and function.points == function.out_of
    if function.state != expected.state:
        return False
    if expected.part == "gradient" and marks.get("value", RIGHT) != RIGHT:
        return False
    return marks.get(expected.part, "wrong") == "wrong"
