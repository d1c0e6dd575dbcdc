"""What is asserted of right and of wrong code, whatever its calling convention."""

import numpy as np

from gradcheck import check
from gradcheck.adapters import adapt
from gradcheck.report.text import render_findings


def assert_right(recognises, thing, declared):
    """It is told by looking, and all laws hold; the result."""
    assert recognises(thing)
    result = check(adapt(thing, **declared), examples=6)
    assert result.status == "passed", [f.claim for f in result.findings]
    return result


def assert_passes(op):
    """All laws hold, and the gradient was examined often enough."""
    result = check(op, examples=40)
    assert result.status == "passed", [f.claim for f in result.findings]
    assert result.verdict("gradient").examined > 15


def assert_caught(op, label):
    """The gradient of one input is found to be wrong."""
    result = check(op, examples=24, shrink=False)
    assert (result.status, label in {f.input for f in result.findings if f.law == "gradient"}) == ("failed", True)


def assert_counterexample_shows_claim(op, **scope):
    """The counterexample, run as a person would who pastes it, prints the gradient that the finding claims."""
    result = check(op, examples=8, laws=("gradient",))
    finding = result.findings[0]
    text = render_findings([finding], result.script)
    program = "\n".join(line[6:] for line in text.split("\n") if line.startswith(" " * 6))
    shown = []
    exec(program, {**scope, "print": shown.append})
    number = np.asarray(shown[0]).item()
    assert finding.claim.startswith(f"gradient of {finding.input} is {number:.9g} {finding.where}")
