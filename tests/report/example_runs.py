"""Runs to report on: what holds, what fails, crashes, is in doubt, and how it compares with a baseline."""

from dataclasses import replace

import numpy as np

from gradcheck.checking.baseline import Comparison, ErrorComparison
from gradcheck.records.case import Case
from gradcheck.records.difference_map import DifferenceMap
from gradcheck.records.evidence import ErrorKey, Evidence, read_errors
from gradcheck.records.patch import Patch
from gradcheck.records.results import Finding, OpResult, Run, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP, Part, Subject
from gradcheck.report import content

CASE = Case(
    "affine", {"x": np.array([[1.0, 2.0]]), "b": np.array([0.1])}, (np.array([[1.0]]),), {"axis": 1, "mode": "a"}, 7
)

FINDING = Finding(
    "affine",
    "gradient",
    Subject.of_input("b"),
    Status.FAILED,
    "gradient of b is 0.5 at [0], expected 1 ± 1e-13",
    (Evidence("autodiff", 0.5, 1.0, 1e-13, False), Evidence("differences", 2.0, 2.0, 0.0, True)),
    "[0]",
    CASE,
    cause="the expected value divided by N=2",
    hint="Sum over the batch.",
    follows="value",
    file="examples/affine.py",
    line=12,
)

ERRORS = read_errors({"x, autodiff": 1e-16, "b, autodiff": 0.5, "b, differences": 2e-9, "x, golden": 3e-16})


HOSTILE = (
    "\x1b[2J\x1b]0;title\x07 [x](javascript:alert(1)) ![](http://evil/x.png) @team <img>\n# heading\n```\n\u202e\ud800"
)
"""What a message of user code may hold: escape sequences, links, headings, fences, and what cannot be encoded."""


def make_result(name, *verdicts, **said):
    """An op's result with these verdicts."""
    return OpResult(name, "user", verdicts, **{"cases": 8, "shapes": 3, **said})


GOOD = make_result("sin", Verdict("sin", "gradient", Status.PASSED, 8, 0.25, ERRORS), witnesses=content.WITNESS_COLUMNS)

WRONG = make_result(
    "affine",
    Verdict("affine", "contract", Status.PASSED, 8),
    Verdict("affine", "gradient", Status.FAILED, 8, 5e12, ERRORS, (FINDING,)),
    witnesses=("autodiff", "differences"),
)

EXPLAINED = replace(
    FINDING,
    cause_name="divided-by-length",
    patch=Patch("layers.py", 14, "db = dy.mean(axis=0)", "db = dy.sum(axis=0)", 24),
    picture=DifferenceMap(((0.5, 0.0), (0.0, 0.5)), ((1.0, 0.0), (0.0, 1.0)), ((0.0, 0.0), (0.0, 0.0)), (2, 2)),
)
"""A finding with all that explains it."""

EXPLAINED_RESULT = make_result(
    "affine", Verdict("affine", "gradient", Status.FAILED, 8, 5e12, ERRORS, (EXPLAINED,)), target="examples/affine.py"
)

CRASH = Finding(
    "concat", "contract", Subject.of_function(Part.FORWARD), Status.CRASHED, "forward raised ValueError: no"
)

CRASHED = make_result("concat", Verdict("concat", "contract", Status.CRASHED, 0, findings=(CRASH,)))

BLIND = make_result("relu", Verdict("relu", "gradient", Status.INCONCLUSIVE, 0, reason="nothing was examined"))

DIGITS = replace(FINDING, op="tanh", status=Status.IMPRECISE, claim="7 of 16 digits are lost")

IMPRECISE = make_result("tanh", Verdict("tanh", "gradient", Status.IMPRECISE, 8, findings=(DIGITS,)))

ALIAS = replace(FINDING, op="shift", law="purity", subject=WHOLE_OP, status=Status.WARNING, claim="memory is shared")

WARNED = make_result(
    "shift",
    Verdict("shift", "gradient", Status.PASSED, 8),
    Verdict("shift", "purity", Status.WARNING, 8, findings=(ALIAS,)),
)


def make_run(*results, **said):
    """A run with these results."""
    return Run(results, **{"seed": 0, "examples": 8, **said})


ROWS = Comparison(
    (
        ErrorComparison("sin", ErrorKey("x", "autodiff"), 1e-16, 1e-3),
        ErrorComparison("sin", ErrorKey("x", "differences"), 1e-9, 1e-9),
    )
)

APART = Comparison(
    (
        *ROWS.rows,
        ErrorComparison("sin", ErrorKey("y", "autodiff"), 1e-9, None),
        ErrorComparison("sin", ErrorKey("z", "autodiff"), None, 1e-9),
    )
)
