"""A class to report on: wrong functions that were checked, equal answers, hostile names, and what was not examined."""

from dataclasses import replace
from functools import cache

from gradcheck import adapt, check
from gradcheck.records.audit import Audit, FunctionResult, FunctionState, Mark, SubmissionResult
from tests.report.audit.wrong_functions import affine_backward, affine_forward, relu_backward, relu_forward

HOSTILE = "<script>alert(1)</script>|`x`\x1b[31m=cmd|' /C calc'!A0\n# heading \u202e\ud800 ../../etc/passwd"
"""What a name, a message or an output of a student may hold."""
TITLE = "Homework 1 <b>"
FORMULA = "=cmd|' /C calc'!A0"


def make_function(op, marks, **said):
    """The result of a function that was checked: wrong."""
    result = check(op, examples=6, laws=("contract", "gradient"))
    return FunctionResult(op.name, FunctionState.WRONG, marks=marks, result=result, file=FILE, line=9, **said)


FILE = "wrong_functions.py"
LOST = (Mark("contract", 1.0, 1.0, "passed"), Mark("gradient", 0.0, 3.0, "failed"))
WON = (Mark("contract", 1.0, 1.0, "passed"), Mark("gradient", 3.0, 3.0, "passed"))
UNSEEN = (Mark("contract", 0.0, 1.0), Mark("gradient", 0.0, 3.0))


@cache
def check_affine():
    """A wrong affine: a cause, a patch and a counterexample are known."""
    op = adapt(affine_forward, affine_backward, name="affine", x="N D", w="D M", b="M")
    return make_function(op, LOST, answers="a1", output="I print x = 0.125")


@cache
def check_relu():
    """A wrong relu: there is a heat map beside."""
    return make_function(adapt(relu_forward, relu_backward, name="relu", x="N D"), LOST, answers="b2")


RIGHT = FunctionResult("relu", FunctionState.RIGHT, marks=WON)
UNFINISHED = FunctionResult("affine", FunctionState.UNFINISHED, f"raises NotImplementedError {HOSTILE}", marks=UNSEEN)
CRASHED = FunctionResult("relu", FunctionState.CRASHED, f"ended with {HOSTILE}", marks=UNSEEN, output=HOSTILE)


def make_audit(**said):
    """The audit of the class."""
    rows = (
        SubmissionResult(HOSTILE, (UNFINISHED, CRASHED), notes=(f"ignored: {HOSTILE}",)),
        SubmissionResult(FORMULA, (check_affine(), replace(RIGHT, state=FunctionState.WARNED))),
        SubmissionResult("anna", (check_affine(), RIGHT)),
        SubmissionResult("ben", (check_affine(), check_relu())),
        SubmissionResult("zoe", invalid=f"no file could be read: {HOSTILE}"),
    )
    isolation = {"level": "namespaces", "unsafe": False, "proven": ("no network", HOSTILE)}
    about = {"seed": 0, "examples": 6, "isolation": isolation, "environment": {"numpy": "2.4.0"}}
    return Audit(**{"assignment": TITLE, "functions": ("affine", "relu"), "submissions": rows, **about, **said})


def find_row(student):
    """The row of a student."""
    return next(row for row in make_audit().submissions if row.student == student)
