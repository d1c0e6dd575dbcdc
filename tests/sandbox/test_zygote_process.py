"""The zygote: it forks, tells how workers ended, and ends with its parent."""

import os
import select
import signal
import subprocess
import sys

import pytest

from gradcheck.sandbox import Limits, OutcomeKind
from gradcheck.sandbox.isolation_record import IsolationLevel
from gradcheck.sandbox.zygote_process import SandboxGone, Zygote, start_interpreter
from tests.sandbox.conftest import MECHANISMS

pytestmark = pytest.mark.slow

AGENT = "HANDLERS = {'double': lambda value: 2 * value}"
NO_MECHANISMS = frozenset()
LONGEST_WAIT = 20_000
"""Milliseconds after which a process that is to end has not."""


@pytest.fixture
def zygote():
    if not sys.platform.startswith("linux"):
        pytest.skip("Linux alone has what is needed")
    zygote = Zygote(AGENT, ("numpy",), NO_MECHANISMS, Limits())
    yield zygote
    zygote.close()


def test_the_agent_of_the_parent_answers(zygote):
    with zygote.start_worker() as one, zygote.start_worker() as other:
        assert (one.call("double", 4).value, other.call("double", "x").value) == (8, "xx")


def test_an_agent_that_fails_is_told():
    with pytest.raises(SandboxGone, match="ZeroDivisionError"):
        Zygote("1 / 0", ("numpy",), NO_MECHANISMS, Limits())


def test_nothing_starts_after_the_end(zygote):
    worker = zygote.start_worker()
    zygote.process.kill()
    zygote.process.wait()
    with pytest.raises(SandboxGone):
        zygote.start_worker()
    assert worker.call("double", 1).kind is OutcomeKind.CRASHED


def test_workers_end_with_the_zygote(zygote):
    with zygote.start_worker() as worker:
        zygote.close()
        poll = select.poll()
        poll.register(worker.handles.process, select.POLLIN)
        assert poll.poll(LONGEST_WAIT)


def test_the_environment_of_the_parent_stays_there(monkeypatch, zygote):
    monkeypatch.setenv("GRADCHECK_TEST_SECRET", "x")
    text = "import os\ndef read(given):\n    return dict(os.environ)"
    with zygote.start_worker() as worker:
        environment = worker.call("run", {"text": text, "function": "read", "argument": None}).value
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert "GRADCHECK_TEST_SECRET" not in environment
    assert "PATH" not in environment


def test_an_interpreter_reads_its_program_from_its_input():
    read, write = os.pipe()
    process = start_interpreter(f"import os, sys\nos.write({write}, str('gradcheck' in sys.modules).encode())", write)
    assert os.read(read, 10) == b"False"
    assert process.wait() == 0
    process.stderr.close()
    os.close(read)
    os.close(write)


PARENT = """
import sys
from gradcheck.sandbox import open_sandbox
sandbox = open_sandbox("process-only", mechanisms=frozenset(sys.argv[1:]))
worker = sandbox.start_worker()
worker.call("load", {"files": {"m.py": b"def loop():\\n    while True: pass"}, "modules": ["m"]})
facts = open(f"/proc/self/fdinfo/{worker.handles.process}").read()
print(sandbox.zygote.process.pid, facts.partition("Pid:")[2].split()[0], flush=True)
worker.call("call", {"module": "m", "function": "loop"}, seconds=600)
"""


@pytest.mark.parametrize("level", [IsolationLevel.STRONG, IsolationLevel.CONFINED, IsolationLevel.PROCESS_ONLY])
def test_a_worker_that_loops_ends_when_the_parent_is_killed(sandboxes, level):
    sandboxes(level)
    command = [sys.executable, "-c", PARENT, *MECHANISMS[level]]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    descriptors = [os.pidfd_open(int(number)) for number in parent.stdout.readline().split()]
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    assert len(descriptors) == 2
    for descriptor in descriptors:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        assert poll.poll(LONGEST_WAIT)
        os.close(descriptor)
