"""The result of an op on which gradcheck itself failed."""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.records.status import Status
from gradcheck.running.internal_error import make_internal_error_result
from gradcheck.running.located_op import LocatedOp

LOCATED = LocatedOp(Op("odd", len, len, inputs={"x": Array("N")}), "a.py")


def catch_division():
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        return error


def test_an_internal_error_is_a_crash_of_the_op_with_its_innermost_frame():
    result = make_internal_error_result(("contract", "value"), LOCATED, catch_division())
    first, second = result.verdicts
    (finding,) = first.findings
    line = catch_division.__code__.co_firstlineno + 2
    assert (first.law, first.status, finding.file, finding.line) == ("contract", Status.CRASHED, __file__, line)
    assert finding.claim == (
        f"internal error: ZeroDivisionError: division by zero ({__file__}, line {line}); a fault of gradcheck, please "
        "report it"
    )
    assert (second.status, second.reason) == (Status.INCONCLUSIVE, "the check could not go on")
    assert (result.target, result.complete) == ("a.py", False)


def test_names_that_the_code_replaced_explain_it():
    result = make_internal_error_result(("contract",), LOCATED, catch_division(), ["builtins.len"])
    assert result.findings[0].claim == (
        "the code under test replaced builtins.len, and the check could not go on: ZeroDivisionError: division by zero"
    )
