"""Ops side by side in processes: the same answer as in one, whatever happens to the others."""

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from ctypes import c_long
from pathlib import Path

import pytest

from gradcheck.records import failing_cases
from gradcheck.records.results import Run
from gradcheck.running.listed_op import ListedOp
from gradcheck.running.plan import Plan
from gradcheck.running.supervisor import NO_CASES, Crash, Supervisor, WorkerHandle, open_supervisor
from gradcheck.running.tasks import CheckTask

HEAD = """
import ctypes, os, signal, sys
from enum import IntEnum
from multiprocessing import parent_process
from pathlib import Path
from gradcheck import Array, Op, choice

def backward(dy, x):
    return 2 * x * dy

def op(name, forward, back=backward, **more):
    return Op(name, forward, back, lambda x, **settings: x * x, inputs={"x": Array("*S")}, **more)

def make_stopping_op(name, most, stop):
    calls = 0

    def forward(x):
        nonlocal calls
        calls += 1
        if calls > most:
            stop()
        return x * x, x

    return op(name, forward)

def endless():
    Path("pid of slow").write_text(str(os.getpid()))
    Path("pid of slow").rename("pid")  # never there half written
    while True:
        pass

def interrupt_while_slow_runs(stop):
    while not Path("pid").exists():
        pass
    stop()
    while True:  # or this op might be done before the word is round
        pass

square = op("square", lambda x: (x * x, x))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, with nothing above it that sets anything."""
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)


def declare(*lines):
    """A file ops.py that declares the op `square`, and others before or after it."""
    Path("ops.py").write_text("\n".join([HEAD, *lines]))


def check(*args, jobs=2):
    """`gradcheck check` in a process and a group of its own; returns when all who can write to its output are gone."""
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "check"]
    side_by_side = ["--jobs", jobs] if jobs else []
    arguments = list(map(str, [*command, *side_by_side, "--examples", 8, "--format", "json", *args]))
    # No test depends on the timeout: it ends a run that hangs, which is a failure.
    return subprocess.run(arguments, capture_output=True, text=True, check=False, start_new_session=True, timeout=300)


def statuses(done):
    """The status of each op."""
    return {result.op: result.status for result in Run.from_json(done.stdout).results}


@pytest.mark.slow
def test_the_report_is_the_same_byte_for_byte_whatever_the_number_of_processes():
    declare('wrong = op("wrong", lambda x: (x * x, x), lambda dy, x: 2.5 * x * dy)')
    said = []
    for jobs in (1, 2, 3):
        own = check("ops.py", "--law", "gradient", jobs=jobs)
        three = check(
            "--op", "sin", "--op", "matmul", "--op", "clip", "--law", "value", "--save", "run.json", jobs=jobs
        )
        said.append((own.stdout, three.stdout, Path("run.json").read_text()))
        assert (own.returncode, three.returncode) == (1, 0)
    assert said[0] == said[1] == said[2]
    assert list(statuses(own).items()) == [("square", "passed"), ("wrong", "failed")]


@pytest.mark.slow
@pytest.mark.parametrize(("given", "threads"), [({}, "1"), ({"OMP_NUM_THREADS": "3"}, "3")])
def test_a_worker_multiplies_on_one_thread_unless_the_user_says_otherwise(tmp_path, given, threads):
    (tmp_path / "told.py").write_text(
        "import os\n\ndef cube_forward(x):\n    return x**3, x\n\n"
        "def cube_backward(dy, x):\n    print(os.environ['OMP_NUM_THREADS'])\n    return 3 * x**2 * dy\n"
    )
    outside = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-m", "gradcheck", "check", "told.py", "--examples", "2", "--law", "gradient"]
    done = subprocess.run(command, cwd=tmp_path, env=outside | given, capture_output=True, text=True, check=False)
    assert set(done.stderr.split()) == {threads}


def test_failing_cases_are_saved():
    declare('wrong = op("wrong", lambda x: (x * x, x), lambda dy, x: 2.5 * x * dy)')
    check("ops.py", "--law", "gradient")
    assert [
        failing_cases.load_failing_case(path).case.op for path in failing_cases.FAILING_CASES_FOLDER.glob("*.json")
    ] == ["wrong"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stop", "how"),
    [
        ("ctypes.CDLL(None)._exit(3)", "exit code 3"),
        ("ctypes.CDLL(None)._exit(0)", "exit code 0"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "exit code -11, SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "exit code -9, SIGKILL"),
    ],
)
def test_an_op_that_ends_its_process_crashes_alone(stop, how):
    declare(f'dying = make_stopping_op("dying", 5, lambda: {stop})', 'last = op("last", square.forward)')
    done = check("ops.py", "--law", "contract", "--law", "purity", "--save", "run.json")
    assert done.returncode == 1
    assert statuses(done) == {"square": "passed", "dying": "crashed", "last": "passed"}
    run = Run.from_json(done.stdout)
    (finding,) = run.findings
    assert (finding.op, finding.law) == ("dying", "contract")
    assert re.fullmatch(rf"the process that examined it died \({re.escape(how)}\) after [0-8] cases?", finding.claim)
    assert (run.complete, [r.complete for r in run.results]) == (False, [True, False, True])
    assert [v.status for v in run.results[1].verdicts] == ["crashed", "inconclusive"]
    for form in ("text", "markdown"):
        command = [
            sys.executable,
            "-c",
            "from gradcheck.cli import main; main()",
            "report",
            "run.json",
            "--format",
            form,
        ]
        assert finding.claim in subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_an_op_that_is_the_only_one_crashes_alone():
    declare("ending = make_stopping_op('ending', 5, os.abort)", "del square")
    done = check("ops.py", "--law", "contract")
    assert (done.returncode, statuses(done)) == (1, {"ending": "crashed"})
    assert "SIGABRT" in Run.from_json(done.stdout).findings[0].claim


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, None], ids=["one job", "by default"])
def test_an_op_that_is_the_only_one_is_checked_in_a_worker_too(jobs):
    declare("alone = make_stopping_op('alone', 0, lambda: Path('pid').write_text(str(parent_process())))", "del square")
    assert check("ops.py", "--law", "contract", jobs=jobs).returncode == 0
    assert "MainProcess" in Path("pid").read_text()


@pytest.mark.slow
def test_where_a_signal_ended_an_op_is_told_on_stderr():
    declare('dying = make_stopping_op("dying", 0, lambda: os.kill(os.getpid(), signal.SIGSEGV))')
    assert 'ops.py", line ' in check("ops.py", "--law", "contract").stderr


@pytest.mark.slow
def test_a_crash_is_a_finding_of_the_first_law_that_was_asked():
    declare('dying = make_stopping_op("dying", 0, lambda: ctypes.CDLL(None)._exit(0))')
    done = check("ops.py", "--law", "linearity", "--law", "batching")
    assert done.returncode == 1
    assert [(f.law, f.status) for f in Run.from_json(done.stdout).findings] == [("linearity", "crashed")]


@pytest.mark.slow
def test_an_op_that_is_not_there_again_is_told_and_the_others_are_checked():
    declare(
        'second = op("second", square.forward)',
        "if Path('seen').exists():\n    square = op('other', square.forward)",
        "Path('seen').touch()",
    )
    done = check("ops.py", "--law", "contract", jobs=2)
    assert done.returncode == 0
    by_op = {result.op: result.verdict("contract") for result in Run.from_json(done.stdout).results}
    assert by_op["second"].status == "passed"
    assert by_op["square"].status == "passed" or "when it was imported again" in by_op["square"].reason


@pytest.mark.slow
def test_settings_of_a_type_of_the_user_are_sent():
    declare(
        'Mode = IntEnum("Mode", ["PLAIN", "WRONG"])',
        "back = lambda dy, cache: 2 * cache[0] * dy * cache[1]",
        'modal = op("modal", lambda x, mode: (x * x, (x, mode)), back, settings={"mode": choice(*Mode)})',
    )
    done = check("ops.py", "--law", "gradient")
    assert (done.returncode, statuses(done)) == (1, {"square": "passed", "modal": "failed"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "status", "code", "words"),
    [
        ("sys.exit(0)", "crashed", 1, "raises while it is imported: SystemExit: 0"),
        ("os._exit(0)", "crashed", 1, "os._exit(0) would have ended the process"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "crashed", 1, "SIGKILL) while its code was imported"),
        ("while True: pass", "inconclusive", 3, "stopped after 2 seconds while its code was imported"),
    ],
)
def test_a_file_that_ends_or_hangs_while_it_is_imported_is_one_finding(end, status, code, words):
    declare()
    Path("bad.py").write_text(f"import os, signal, sys\n{end}\n")
    done = check("ops.py", "bad.py", "--law", "contract", "--timeout", 2)
    assert (done.returncode, statuses(done)) == (code, {"square": "passed", "bad.py": status})
    assert words in done.stdout


@pytest.mark.slow
def test_an_op_that_catches_every_stop_is_killed_when_its_time_is_over():
    stubborn = "def stay():\n    while True:\n        try:\n            endless()\n        except BaseException: pass"
    declare(stubborn, "stubborn = make_stopping_op('stubborn', 3, stay)", 'last = op("last", square.forward)')
    done = check("ops.py", "--law", "contract", "--timeout", 1, jobs=1)
    assert done.returncode == 3
    by_op = {result.op: result for result in Run.from_json(done.stdout).results}
    assert by_op["stubborn"].verdict("contract").reason == "stopped after 1 seconds"
    assert (by_op["square"].status, by_op["last"].status, by_op["stubborn"].complete) == ("passed", "passed", False)
    assert is_slow_gone()


@pytest.mark.slow
def test_what_an_op_leaves_behind_is_not_blamed_on_the_next():
    later = "lambda: threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()"
    wait = "lambda: not Path('slept').exists() and [Path('slept').touch(), time.sleep(1)]"
    declare(
        "import threading, time",
        f"leave = make_stopping_op('leave', 10, {later})",
        f"innocent = make_stopping_op('innocent', 0, {wait})",
        "del square",
    )
    done = check("ops.py", "--law", "contract", jobs=1)
    assert statuses(done)["innocent"] == "passed"


@pytest.mark.slow
def test_a_script_that_runs_pytest_without_a_guard_is_not_run_again_by_workers():
    declare()
    Path("pyproject.toml").write_text("[tool.gradcheck]\nops = ['ops.py']\nexamples = 4\n")
    lines = "import sys, pytest\nprint('run')\nsys.exit(pytest.main(['-q', '-p', 'no:cacheprovider']))\n"
    Path("run.py").write_text(lines)
    done = subprocess.run([sys.executable, "run.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines().count("run")) == (0, 1)


@pytest.mark.slow
def test_what_user_code_prints_never_reaches_the_data():
    declare('loud = make_stopping_op("loud", 0, lambda: print("printed by forward"))')
    done = check("ops.py", "--law", "contract")
    assert statuses(done) == {"square": "passed", "loud": "passed"}
    assert "printed by forward" in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no SIGALRM")
def test_an_op_whose_time_is_up_stops_alone():
    declare('slow = make_stopping_op("slow", 2, lambda: signal.raise_signal(signal.SIGALRM))')
    done = check("ops.py", "--law", "contract", "--timeout", 1000)
    square, slow = Run.from_json(done.stdout).results
    assert (square.status, slow.status, slow.complete) == ("passed", "inconclusive", False)
    assert slow.verdict("contract").reason == "stopped after 1000 seconds"


def press_ctrl_c(stop, endless="endless"):
    """Three ops for two processes: `late` begins when `square` is done, and presses Ctrl-C while `slow` never ends."""
    declare(
        f'slow = make_stopping_op("slow", 0, {endless})',
        f'late = make_stopping_op("late", 0, lambda: parent_process() and interrupt_while_slow_runs(lambda: {stop}))',
    )
    return check("ops.py", "--law", "contract")


def is_slow_gone():
    """Whether the process of the slow op is no more."""
    try:
        os.kill(int(Path("pid").read_text()), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize(
    "stop",
    [
        "os.kill(parent_process().pid, signal.SIGINT)",
        "os.kill(parent_process().pid, signal.SIGTERM)",
        "os.killpg(os.getpgid(parent_process().pid), signal.SIGINT)",
        "os.kill(os.getpid(), signal.SIGINT)",
    ],
    ids=["the parent", "the parent by SIGTERM", "everybody", "a worker"],
)
def test_ctrl_c_keeps_what_was_found(stop):
    done = press_ctrl_c(stop)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    run = Run.from_json(done.stdout)
    assert run.complete is False
    assert run.results[0].op == "square"
    assert run.results[0].complete
    assert {r.verdict("contract").reason for r in run.results[1:]} <= {"interrupted"}
    assert is_slow_gone()


@pytest.mark.slow
def test_an_op_that_does_not_let_itself_be_interrupted_is_killed():
    stubborn = "lambda: [signal.signal(signal.SIGINT, signal.SIG_IGN), endless()]"
    done = press_ctrl_c("os.kill(parent_process().pid, signal.SIGINT)", stubborn)
    run = Run.from_json(done.stdout)
    assert (done.returncode, run.results[0].status) == (130, "passed")
    assert "slow" in run.unexamined
    assert is_slow_gone()


@pytest.mark.slow
def test_nobody_stays_behind_when_the_parent_is_killed():
    assert press_ctrl_c("os.kill(parent_process().pid, signal.SIGKILL)").returncode == -9  # and its output has an end


def watch(ci):
    """What a person at a terminal sees on stderr."""
    ours, theirs = os.openpty()
    environment = {**{k: v for k, v in os.environ.items() if k != "CI"}, "TERM": "xterm", **ci}
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "check", "ops.py"]
    options = ["--jobs", "2", "--examples", "8", "--law", "contract"]
    process = subprocess.Popen([*command, *options], env=environment, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # which is how a terminal ends
        while part := os.read(ours, 4096):
            seen += part
    os.close(ours)
    assert process.wait() == 0
    return seen.decode()


@pytest.mark.slow
def test_the_progress_of_all_processes_is_shown_to_who_watches():
    declare('second = op("second", square.forward)')
    seen = watch({})
    assert "0/2" in seen
    assert "2/2" in seen
    assert "case 16/16" in seen
    assert watch({"CI": "true"}) == ""


def test_a_number_of_cases_is_reported_once_from_when_the_check_begins():
    told, cases = [], c_long(NO_CASES)
    supervisor = Supervisor(1, report_cases=lambda task, done: told.append((task, done)))
    supervisor.workers = [WorkerHandle(None, None, cases, "a task"), WorkerHandle(None, None, c_long(5))]
    for done in (NO_CASES, 0, 0, 3):
        cases.value = done
        supervisor.report_progress()
    assert told == [("a task", 0), ("a task", 3)]


@pytest.mark.slow
@pytest.mark.parametrize("retries_fresh", [True, False])
def test_the_first_task_of_a_worker_that_ends_is_tried_again_where_that_is_asked(tmp_path, retries_fresh):
    end_once = "Path('met').exists() or (Path('met').touch(), os.kill(os.getpid(), signal.SIGKILL))"
    declare(f"fragile = op('fragile', lambda x: ({end_once}, (x * x, x))[1])")
    with open_supervisor(1, retries_fresh=retries_fresh) as supervisor:
        task = CheckTask(ListedOp("fragile", "ops.py", "ops.py"), Plan(("ops.py",), ("value",), 2, 0, folder=tmp_path))
        ends, _ = supervisor.run_tasks([task])
    assert isinstance(ends[task], Crash) is not retries_fresh


def test_the_first_finding_of_an_op_comes_before_its_end(tmp_path):
    declare("wrong = op('wrong', lambda x: (x * x, x), lambda dy, x: 3 * x * dy)")
    told = []
    with open_supervisor(1) as supervisor:
        supervisor.report_finding = told.append
        task = CheckTask(ListedOp("wrong", "ops.py", "ops.py"), Plan(("ops.py",), ("gradient",), 4, 0, folder=tmp_path))
        supervisor.run_tasks([task], report_end=lambda task: told.append("end"))
    assert [line.split(" is ")[0] for line in told] == ["wrong: gradient of x", "end"]
