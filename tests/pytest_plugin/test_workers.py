"""The ops that settings name are imported and checked by worker processes: whatever they do, it is one failing test."""

import pytest

HEAD = """
import ctypes, os, signal
def square_forward(x: "N"): return x * x, x
def square_backward(dy, x): return 2 * x * dy
def bad_forward(x: "N"): return x * x, x
def bad_backward(dy, x):
"""
END = "ctypes.CDLL(None)._exit(0)"
LAWS = ("--gradcheck-only", "contract", "--gradcheck-only", "gradient")


def run(project, last_line, *args, imports=""):
    """pytest on a project with a right op and one whose backward, or whose import, does this."""
    project.module("layers", f"{HEAD}    {last_line or 'return 2 * x * dy'}\n{imports}\n")
    return project.spawn("-p", "no:cacheprovider", *LAWS, *args)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["plain", "xdist"])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        (END, "*the process that examined it died (exit code 0)*"),
        ("os._exit(0)", "*os._exit(0) would have ended the process without a report*"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "*SIGSEGV*"),
        ("while True: pass", "*stopped after 5 seconds*"),
    ],
)
def test_an_op_that_ends_or_hangs_is_told_and_the_others_are_checked(project, workers, line, words):
    done = run(project, line, "--gradcheck-timeout", "5", *workers)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    assert done.parseoutcomes()["passed"] == 2
    done.stdout.fnmatch_lines([words])


@pytest.mark.slow
@pytest.mark.parametrize("line", [END, "raise ValueError('not today')", "while True: pass"])
def test_a_module_that_ends_or_hangs_while_it_is_imported_is_one_failing_test(project, line):
    project.table('ops = ["mynet.layers", "mynet.good"]')
    project.module("good", HEAD + "    return 2 * x * dy\n")
    done = run(project, "", "--gradcheck-timeout", "5", imports=line)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    outcomes = done.parseoutcomes()
    assert (outcomes["failed"], outcomes["passed"]) == (1, 4)
    done.stdout.fnmatch_lines("*mynet.layers: *while it*imported*")


@pytest.mark.slow
def test_what_is_no_op_is_a_skipped_test_and_a_failing_one_under_strict(project):
    lonely = "def svm_loss(x): pass"
    done = run(project, "", imports=lonely)
    done.assert_outcomes(passed=4, skipped=1, warnings=1)
    done.stdout.fnmatch_lines("*2 ops checked *: all hold; not checked: svm_loss (no svm_loss_backward*")
    strict = run(project, "", "--gradcheck-strict", "-rf", imports=lonely)
    strict.assert_outcomes(passed=4, failed=1, warnings=1)
    strict.stdout.fnmatch_lines("FAILED *::mynet.layers::not checked - not checked: svm_loss*")


def test_no_worker_is_started_where_no_op_is_named(project):
    project.table("")
    project.tests("def test_plain():\n    pass\n")
    assert project.run().ret == 0
