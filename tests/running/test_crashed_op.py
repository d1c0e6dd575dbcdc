"""The result of an op whose process ended."""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.records.status import Status
from gradcheck.running.crashed_op import make_crash_result
from gradcheck.running.located_op import LocatedOp


def test_the_first_law_has_the_finding_and_the_others_nothing():
    op = Op("dying", len, len, inputs={"x": Array("N")})
    result = make_crash_result(("contract", "value"), LocatedOp(op, "a.py"), "(exit code 3) after 2 cases", "A hint.")
    first, second = result.verdicts
    (finding,) = first.findings
    assert (first.law, first.status) == ("contract", Status.CRASHED)
    assert finding.claim == "the process that examined it died (exit code 3) after 2 cases"
    assert finding.hint == "A hint."
    assert (second.status, second.reason) == (Status.INCONCLUSIVE, "its process died")
    assert (result.target, result.complete, result.status) == ("a.py", False, Status.CRASHED)
