"""Every way in which code can end or hang, at every front, at every time: never green, never without a word.

A file holds one op, whose code ends in one way at one time; a run is of all of these files at once, beside a right op.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lanes import count_commits, takes_everything

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no SIGALRM")]

ENDS = {
    "exit": "sys.exit(0)",
    "quick exit": "os._exit(0)",
    "exit of the C library": "ctypes.CDLL(None)._exit(0)",
    "another program": "os.execv('/bin/true', ['true'])",
    "abort": "os.abort()",
    "segmentation fault": "ctypes.string_at(0)",
    "kill": "os.kill(os.getpid(), signal.SIGKILL)",
    "no memory": "np.ones((10**6, 10**6, 10**3))",
    "recursion": "recurse()",
    "loop": "loop()",
    "loop that catches all": "catch_all()",
    "base exception": "raise Stop",
}
IN_TWO_WORKERS = ("quick exit", "exit of the C library", "kill", "loop")
HANGS = {"loop", "loop that catches all"}
TIMES = ("import", "trial", "first case", "late")
SAMPLED_TIMES = TIMES if takes_everything() else [sorted(TIMES)[count_commits() % len(TIMES)]]
"""Those of this commit, where each costs half a minute."""

HEAD = """
import ctypes, os, signal, sys
import numpy as np

class Stop(BaseException): pass

def recurse(): return recurse()

def loop():
    while True: pass

def catch_all():
    while True:
        try: loop()
        except BaseException: pass

def forward(x: "N D", y: "N D"):
    return x * y, (x, y)

def backward(dy, cache):
    x, y = cache
    return y * dy, x * dy
"""
RIGHT = HEAD
TRIED = """
def op_forward(x, y):
    END
    return forward(x, y)
def op_backward(dy, cache):
    return backward(dy, cache)
"""
DECLARED = """
from gradcheck import Array, Op
calls = 0
def counted(x, y):
    global calls
    calls += 1
    if calls > MOST:
        END
    return x * y, (x, y)
op = Op("op", counted, backward, inputs={"x": Array("N D"), "y": Array("N D")})
"""
SOURCES = {
    "import": "END\n",
    "trial": TRIED,
    "first case": DECLARED.replace("MOST", "0"),
    "late": DECLARED.replace("MOST", "40"),
}
LAWS = ("contract", "gradient")


def write_files(ends=ENDS, times=TIMES):
    """Write a file for each end at each time; return their names."""
    names = []
    for i, (end, code) in enumerate(ends.items()):
        for time in times:
            name = f"end{i}_{TIMES.index(time)}.py"
            Path(name).write_text(HEAD + SOURCES[time].replace("END", code) + f"# {end}, {time}\n")
            names.append(name)
    return names


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("")
    Path("right.py").write_text(RIGHT)


def run(*command):
    """A process and its output.  No test depends on the timeout: it ends a run that hangs, which is a failure."""
    return subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, check=False, timeout=900
    )


def check(*args):
    """`gradcheck check` by two laws, each op for four seconds."""
    laws = [word for law in LAWS for word in ("--law", law)]
    return run("-m", "gradcheck", "check", *laws, "--examples", 8, "--timeout", 4, "--format", "json", *args)


def is_green(result):
    """Whether an op holds."""
    return result["complete"] and all(verdict["status"] in ("passed", "inapplicable") for verdict in result["verdicts"])


@pytest.mark.parametrize(("jobs", "times"), [(1, ["late"]), (2, SAMPLED_TIMES)])
def test_among_other_ops_of_the_command_line_each_is_told_and_the_right_one_passes(jobs, times):
    names = write_files(times=times)
    done = check("--jobs", jobs, *names, "right.py")
    assert done.returncode == 1
    results = {result["target"]: result for result in json.loads(done.stdout)["results"]}
    assert [name for name in names if is_green(results[name])] == []
    assert is_green(results["right.py"])
    assert set(results) == {*names, "right.py"}


@pytest.mark.parametrize("end", ENDS)
def test_alone_on_the_command_line_it_is_told(end):
    (name,) = write_files({end: ENDS[end]}, ["late"])
    done = check(name)
    assert done.returncode == (3 if end in HANGS else 1)
    (result,) = json.loads(done.stdout)["results"]
    assert not is_green(result)


@pytest.mark.parametrize("time", TIMES)
def test_alone_on_the_command_line_it_is_told_at_any_time(time):
    (name,) = write_files({"kill": ENDS["kill"]}, [time])
    done = check(name)
    assert done.returncode == 1
    verdicts = [verdict for result in json.loads(done.stdout)["results"] for verdict in result["verdicts"]]
    (finding,) = [finding for verdict in verdicts for finding in verdict["findings"]]
    assert "SIGKILL" in finding["claim"]


@pytest.mark.parametrize(
    ("options", "times"), [((), SAMPLED_TIMES), (("-n", "2"), ["import"])], ids=["plain", "two workers"]
)
def test_the_ops_that_settings_name_fail_in_pytest_and_the_right_one_passes(options, times):
    names = write_files(times=times)
    ops = [*names, "right.py"]
    lines = ["[tool.gradcheck]", f"ops = {ops}", "examples = 8", "timeout = 4", f"laws = {list(LAWS)}"]
    Path("pyproject.toml").write_text("\n".join(lines))
    done = run("-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", *options)
    assert done.returncode == 1
    failed = {line.split("::")[1] for line in done.stdout.splitlines() if line.startswith("FAILED pyproject.toml::")}
    assert failed == set(names)


TEST = (
    HEAD
    + """
calls = 0
def stopping(x, y):
    global calls
    calls += 1
    if calls > MOST:
        END
    return x * y, (x, y)

def test_op(gradcheck):
    gradcheck(stopping, backward, x="N D", y="N D", examples=8, timeout=1)
"""
)


@pytest.mark.parametrize(
    ("end", "options"),
    [
        *((end, ()) for end in ENDS),
        *((end, ("-n", "2")) for end in ("quick exit", "exit of the C library", "kill", "loop")),
    ],
)
def test_a_closure_in_a_test_fails_pytest(end, options):
    Path("test_op.py").write_text(TEST.replace("MOST", "40").replace("END", ENDS[end]))
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", *options)
    if end == "exit of the C library" and not options:
        pytest.skip("an exit of the C library ends a process unseen by it: README.md says so")
    assert done.returncode not in (0, 5)
    assert done.stdout + done.stderr or done.returncode == -signal.SIGKILL


SCRIPT = TEST.replace("def test_op(gradcheck):\n    gradcheck", "from gradcheck import assert_correct\nassert_correct")


@pytest.mark.parametrize(("end", "most"), [*((end, 40) for end in ENDS), ("exit", 0), ("quick exit", 0), ("abort", 0)])
def test_assert_correct_does_not_let_a_script_exit_with_zero(end, most):
    if end == "exit of the C library":
        pytest.skip("an exit of the C library ends a process unseen by it: README.md says so")
    Path("script.py").write_text(SCRIPT.replace("MOST", str(most)).replace("END", ENDS[end]))
    done = run("script.py")
    assert done.returncode != 0
    assert done.stderr or done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize(("time", "jobs"), [*((time, 2) for time in TIMES), ("late", 1)])
def test_a_run_that_is_interrupted_says_what_it_left(number, time, jobs):
    end = f"os.kill(os.getppid(), {int(number)}); loop()"
    Path("late.py").write_text(HEAD + SOURCES[time].replace("END", end))
    done = check("--jobs", jobs, "right.py", "late.py", "--timeout", 60)
    assert done.returncode == 130
    data = json.loads(done.stdout)
    assert not data["complete"]
    assert data["unexamined"] or any(not result["complete"] for result in data["results"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_pytest_that_is_interrupted_is_not_green(number):
    (name,) = write_files({"signal": f"os.kill(os.getppid(), {int(number)}); loop()"}, ["late"])
    Path("pyproject.toml").write_text(f"[tool.gradcheck]\nops = ['right.py', '{name}']\nexamples = 8\n")
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode not in (0, 5)
    assert done.stdout
