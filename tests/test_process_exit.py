"""Code under test cannot end the process of who checks it with an exit code of its own choice."""

import os
import posix
import subprocess
import sys
from dataclasses import replace

import pytest

from gradcheck import Array, Op, assert_correct, check
from gradcheck.process_exit import ProcessExitError, forbid_exit
from tests.process_exit_importer import leave


def backward(dy, x):
    os._exit(0)


def test_functions_that_end_the_process_raise_within_and_only_there():
    original = os._exit
    with forbid_exit(), forbid_exit():
        for end in (os._exit, posix._exit, leave):
            with pytest.raises(ProcessExitError, match=r"os._exit\(0\) would have ended the process"):
                end(0)
        with pytest.raises(ProcessExitError, match=r"os\.execv"):
            os.execl("/bin/true", "true")
    assert os._exit is posix._exit is original


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_process_may_end_itself():
    with forbid_exit():
        if (child := os.fork()) == 0:
            os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_an_exit_is_a_finding_of_the_op():
    square = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, inputs={"x": Array("N")})
    result = check(replace(square, backward=backward), examples=2)
    assert (result.status, result.findings[0].claim) == (
        "crashed",
        "backward raised ProcessExitError: os._exit(0) would have ended the process without a report",
    )


@pytest.mark.slow
def test_a_script_that_asserts_does_not_exit_with_zero():
    script = (
        "import os; from gradcheck import assert_correct; assert_correct(lambda x: (x, x), lambda dy, x: os._exit(0))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "os._exit(0) would have ended the process" in done.stderr


def test_assert_correct_says_so():
    with pytest.raises(AssertionError, match="ProcessExitError"):
        assert_correct(lambda x: (x * x, x), backward, x="N", examples=2)
