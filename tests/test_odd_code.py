"""Code that returns, raises, prints or changes what it should not, beside right code, run as users run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gradcheck import Array, Op, assert_correct, check
from gradcheck.evaluation.process_state import preserve_process_state
from tests.evaluation.odd_values import LAWFUL_ARRAYS, NO_ARRAYS, OTHER_ARRAYS
from tests.lanes import mark_most_slow

HEAD = """
import asyncio, gc, os, sys, threading, warnings
import numpy as np


def right_forward(x: "N D"):
    return np.sum(x * x, axis=1), x


def right_backward(dy, x):
    return 2 * x * dy[:, None]
"""

ODD = """

def {name}_forward(x: "N D", w: "D M"):
    return x @ w, (x, w)


def {name}_backward(dy, cache):
    {statement}
    x, w = cache
    return dy @ w.T, x.T @ dy
"""


def write_ops(statements):
    """A file with a right op, and one op for each statement, by its name, which its backward begins with."""
    Path("ops.py").write_text(HEAD + "".join(ODD.format(name=n, statement=s) for n, s in statements.items()))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, with nothing above it that sets anything."""
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)


def run_check(*options):
    """`gradcheck check ops.py`, all ops in one process.  No test depends on the timeout: it ends a run that hangs."""
    laws = [f"--law={law}" for law in ("contract", "purity", "gradient")]
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "check", "ops.py", "--jobs=1", *laws]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [*command, "--examples=4", *options],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=300,
    )


def check_ops():
    """The exit code, and the first finding of each op, None where it passes; the right op does."""
    done = run_check("--format=json")
    assert "internal error" not in done.stdout
    assert "Traceback" not in done.stderr
    results = {result["op"]: result["verdicts"] for result in json.loads(done.stdout)["results"]}
    assert {verdict["status"] for verdict in results.pop("right")} == {"passed"}
    return done.returncode, {op: find_first_finding(verdicts) for op, verdicts in results.items()}


def find_first_finding(verdicts):
    """The first finding of some verdicts; None where all have passed."""
    findings = [finding for verdict in verdicts for finding in verdict["findings"]]
    assert findings or {verdict["status"] for verdict in verdicts} == {"passed"}
    return findings[0] if findings else None


RAISED = {
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "exit": ("sys.exit(0)", "SystemExit: 0"),
    "cancelled": ("raise asyncio.CancelledError", "CancelledError"),
    "generator": ("raise GeneratorExit", "GeneratorExit"),
    "own": ("raise type('Own', (BaseException,), {})('text')", "Own: text"),
    "several": ("raise ExceptionGroup('both', [ValueError(1), KeyError(2)])", "ExceptionGroup: both (2 sub-"),
    "mute": ("raise type('Mute', (Exception,), {'__str__': lambda e: 1 / 0})", "Mute: (its text raises Zero"),
    "memory": ("np.zeros((10**6, 10**6))", "MemoryError: Unable to allocate 7.28 TiB"),
    "recursion": ("(lambda f: f(f))(lambda f: f(f))", "RecursionError: maximum recursion depth exceeded"),
}


@pytest.mark.slow
def test_whatever_is_raised_is_a_crash_of_that_op_alone():
    write_ops({name: statement for name, (statement, _) in RAISED.items()})
    code, findings = check_ops()
    assert code == 1
    assert {(f["law"], f["status"]) for f in findings.values()} == {("contract", "crashed")}
    for name, (_, words) in RAISED.items():
        assert findings[name]["claim"].startswith(f"backward raised {words}")
    assert "memory" in findings["memory"]["hint"]


REPLACED = {
    "total": ("np.sum = lambda *a, **k: np.float64(0)", "numpy.sum"),
    "absolute": ("np.abs = None", "numpy.abs, and the check could not go on: TypeError"),
    "length": ("import builtins; builtins.len = lambda a: 0", "builtins.len, and the check could not go on: "),
    "checking": ("import gradcheck; gradcheck.check = None", "gradcheck.check"),
}


@pytest.mark.slow
def test_what_is_replaced_is_a_finding_of_that_op_and_put_back_for_the_next():
    write_ops({name: statement for name, (statement, _) in REPLACED.items()})
    code, findings = check_ops()
    assert code == 1
    for name, (_, words) in REPLACED.items():
        assert findings[name]["claim"].startswith(f"the code under test replaced {words}")


HARMLESS = {
    "stdout": "sys.stdout.close()",
    "stderr": "sys.stderr.close()",
    "modules": "[sys.modules.pop(m, None) for m in list(sys.modules) if m.startswith('gradcheck')]",
    "descriptor": "sys.stdout = None; os.dup2(os.open(os.devnull, os.O_WRONLY), 1)",
    "path": "sys.path.clear()",
    "folder": "os.chdir('/'); os.environ.clear()",
    "errors": "np.seterr(all='raise'); warnings.simplefilter('error'); np.random.seed(0)",
    "hooks": "threading.excepthook = sys.excepthook = None; gc.disable()",
    "prints": "print('printed'); os.write(1, b'written')",
}


@pytest.mark.slow
def test_what_is_put_back_changes_no_verdict():
    write_ops(HARMLESS)
    assert check_ops() == (0, dict.fromkeys(HARMLESS))


@pytest.mark.slow
def test_a_message_of_megabytes_is_cut():
    write_ops({"long": "raise ValueError('A' * 5_000_000)"})
    done = run_check()
    assert done.returncode == 1
    assert f"ValueError: {'A' * 300}… (5,000,000 characters)" in done.stdout
    assert len(done.stdout) < 20_000


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_control_characters_of_a_message_do_not_reach_the_terminal(form):
    write_ops({"shouting": "raise ValueError('\\x1b[2J\\x1b]0;title\\x07 \\n# heading\\n\\ud800')"})
    done = run_check(f"--format={form}")
    assert done.returncode == 1
    assert not {"\x1b", "\x07", "\ufffd"} & {*done.stdout, *done.stderr}
    assert "\n# heading" not in done.stdout


@pytest.mark.slow
def test_an_output_of_truth_values_is_said_to_be_one():
    Path("ops.py").write_text(
        HEAD
        + """
def odd_forward(x: "N D"):
    return x > 0, x.shape


def odd_backward(dy, shape):
    return np.zeros(shape)
"""
    )
    code, findings = check_ops()
    assert (code, findings["odd"]["law"]) == (1, "contract")
    assert findings["odd"]["claim"] == "output y has dtype bool, expected a floating-point one"


# in the process of a test


def make_op(forward=lambda x: (2 * x, x), backward=lambda dy, x: 2 * dy):
    return Op("odd", forward, backward, inputs={"x": Array("N D")})


@pytest.mark.parametrize("name", mark_most_slow(NO_ARRAYS | OTHER_ARRAYS, 8))
def test_an_odd_output_is_a_finding_of_contract(name):
    make = (NO_ARRAYS | OTHER_ARRAYS)[name]
    result = check(make_op(lambda x: (make(x), x)), examples=3, shrink=False)
    assert (result.findings[0].law, result.status) == ("contract", "failed")


@pytest.mark.parametrize("name", mark_most_slow(NO_ARRAYS | OTHER_ARRAYS, 8))
def test_an_odd_gradient_is_a_finding_of_contract(name):
    make = (NO_ARRAYS | OTHER_ARRAYS)[name]
    result = check(make_op(backward=lambda dy, x: make(x)), examples=3, shrink=False)
    assert (result.findings[0].law, result.status) == ("contract", "failed")


@pytest.mark.slow
@pytest.mark.parametrize("name", NO_ARRAYS | OTHER_ARRAYS | LAWFUL_ARRAYS)
def test_an_odd_cache_is_no_finding(name):
    make = (NO_ARRAYS | OTHER_ARRAYS | LAWFUL_ARRAYS)[name]
    result = check(make_op(lambda x: (2 * x, make(x))), examples=3, shrink=False)
    assert result.findings == ()
    assert {v.law for v in result.verdicts if v.status == "inconclusive"} <= {"purity"}


def test_code_that_changes_its_host_fails_and_the_host_is_as_before():
    path, total = sys.path[:], np.sum
    with pytest.raises(AssertionError, match=r"the code under test replaced numpy\.sum"):
        assert_correct(make_op(replace_sum), examples=2)
    assert (sys.path, np.sum, sys.stdout.closed) == (path, total, False)


def test_a_check_that_could_not_go_on_says_what_was_replaced():
    def forward(x):
        np.abs = None
        return 2 * x, x

    with pytest.raises(AssertionError, match=r"replaced numpy\.abs.*, and the check could not go on: TypeError"):
        assert_correct(make_op(forward), examples=2)


def replace_sum(x):
    """A forward that changes its process."""
    np.sum = lambda *a, **k: np.float64(0)
    sys.path.clear()
    sys.stdout.close()
    return 2 * x, x


def test_right_code_replaces_nothing():
    with preserve_process_state() as replaced:
        assert check(make_op(), examples=3).status == "passed"
    assert replaced == []
