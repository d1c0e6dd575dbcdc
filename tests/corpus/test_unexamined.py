"""A wrong op that hides where a check does not look is no pass, and the right op beside it is one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gradcheck
from gradcheck import adapt
from gradcheck.checking.check import check
from gradcheck.checking.outcome import decide_outcome
from gradcheck.running.settings import EXAMPLES_BY_PROFILE
from tests.corpus import unexamined
from tests.corpus.unexamined import FAULTS, UNKNOWN, ZERO
from tests.lanes import mark_most_slow

EXAMPLES = 40
DEFAULT = EXAMPLES_BY_PROFILE["default"]


def examine(op, examples=EXAMPLES):
    """The result of an op, and what a test would make of it."""
    result = check(op, examples=examples, laws=("gradient",), shrink=False)
    return result, decide_outcome(result.verdict("gradient"))


def with_or_without(by_jax, op):
    """The op with its forward under jax.numpy as a reference, where JAX runs it, or without one."""
    return adapt(op) if by_jax else op


def name_fault(fault):
    return fault.wrong.name


either_way = pytest.mark.parametrize("by_jax", [True, False], ids=["with a reference", "without"])


@pytest.mark.parametrize("fault", mark_most_slow(FAULTS, 8), ids=name_fault)
def test_a_hidden_fault_is_found(fault):
    result, outcome = examine(adapt(fault.wrong), DEFAULT)
    assert result.status == fault.status
    assert outcome == ("failed" if fault.status == "failed" else "passed")


@pytest.mark.slow
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if not fault.needs_reference], ids=name_fault)
def test_a_hidden_fault_is_found_without_a_reference(fault):
    result, outcome = examine(fault.wrong, DEFAULT)
    assert result.status == fault.status
    assert outcome == ("failed" if fault.status == "failed" else "passed")


@pytest.mark.slow
@either_way
@pytest.mark.parametrize("fault", FAULTS, ids=name_fault)
def test_the_right_op_is_left_alone_unless_too_little_of_it_can_be_examined(fault, by_jax):
    result = check(with_or_without(by_jax, fault.right), examples=EXAMPLES, shrink=False)
    if fault.declared is None:
        assert result.findings == ()
        assert result.status == "passed"
        return
    verdict = result.verdict("gradient")
    assert (verdict.status, verdict.findings, decide_outcome(verdict)) == ("inconclusive", (), "failed")
    assert " cases were examined; in the others the output is not finite; declare " in verdict.reason
    assert check(with_or_without(by_jax, fault.declared), examples=EXAMPLES, shrink=False).status == "passed"


@pytest.mark.slow
@pytest.mark.parametrize("examples", [12, 25, 100])
def test_digits_lost_far_out_are_found_whatever_the_number_of_examples(examples):
    softplus = next(fault for fault in FAULTS if fault.wrong.name == "softplus")
    assert examine(adapt(softplus.wrong), examples)[0].status == "failed"
    assert examine(adapt(softplus.right), examples)[0].status == "passed"


@pytest.mark.parametrize("op", UNKNOWN, ids=["right", "wrong", "zero"])
def test_an_op_of_which_no_witness_spoke_does_not_hold(op):
    result, outcome = examine(op)
    assert (result.status, outcome) == ("inconclusive", "failed")
    assert result.verdict("gradient").reason.endswith(
        "no witness knows a single digit of the gradient; give a reference?"
    )


@either_way
@pytest.mark.parametrize("op", mark_most_slow(ZERO, 5), ids=lambda op: op.name)
def test_a_gradient_that_is_zero_everywhere_holds(op, by_jax):
    result, outcome = examine(with_or_without(by_jax, op))
    assert (result.status, outcome) == ("passed", "passed")


def test_an_op_that_is_finite_for_short_axes_alone_does_not_hold():
    result, outcome = examine(unexamined.blind_beyond_one)
    assert (result.status, outcome) == ("inconclusive", "failed")
    assert result.verdict("gradient").reason == (
        "no case with every axis above one was examined; in these the output is not finite"
    )


def test_an_output_that_is_never_finite_is_named():
    result, outcome = examine(unexamined.two_outputs)
    assert (result.status, outcome) == ("inconclusive", "failed")
    assert result.verdict("gradient").reason == "z was judged in no case: the output is not finite"


def test_an_input_whose_gradient_is_never_finite_is_named():
    result, outcome = examine(unexamined.one_never_known)
    assert (result.status, outcome) == ("inconclusive", "failed")
    reason = "the gradient of b was judged in no case: backward returns NaN beside outputs that are not finite"
    assert result.verdict("gradient").reason == reason


FILE = """
import numpy as np

def kl_forward(p: "N D", q: "N D"):
    return np.sum(p * (np.log(p) - np.log(q)), axis=1), (p, q)

def kl_backward(dy, cache):
    p, q = cache
    return dy[:, None] * (np.log(p) - np.log(q) + 1), -dy[:, None] * p / q

def root_forward(x: "N D"):
    return np.sqrt(x), x

def root_backward(dy, x):
    return dy / (2 * np.sqrt(x))
"""


@pytest.mark.slow
def test_the_report_says_how_little_was_examined_and_why(tmp_path):
    (tmp_path / "layers.py").write_text(FILE)
    command = "import sys; from gradcheck.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", command, "check", "--examples", "40", "--jobs", "1", "layers.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(gradcheck.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    said = " ".join(done.stdout.split())
    assert said.startswith("2 ops checked on 80 cases: none fails; inconclusive: kl (gradient).")
    because = "in the others the output is not finite; declare positive()?"
    assert "kl: gradient inconclusive: only " in said
    assert f" of 40 cases were examined; {because}" in said
    assert f" of 40 cases examined; {because}" in said.split("root: gradient: ")[1]
