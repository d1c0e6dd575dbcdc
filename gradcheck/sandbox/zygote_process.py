"""The parent's side of the zygote: it is started once, and asked for workers."""

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from gradcheck.sandbox.call_outcome import WorkerEnd, clean_text
from gradcheck.sandbox.inside.zygote import LONGEST_PACKET
from gradcheck.sandbox.launch_text import write_launch_text
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.worker_process import SandboxWorker, WorkerHandles

ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""All of the environment of a worker: one thread, since threads are refused, and nothing of the parent's."""
BOOTSTRAP = "import sys; exec(sys.stdin.buffer.read())"
OPTIONS = ("-I", "-S", "-B", "-X", "utf8")
"""No environment, no site-packages, no files written."""
ENDING_SECONDS = 10.0
LAST_WORDS_SECONDS = 1.0
"""How long a zygote that has closed its socket may take to say why."""


class SandboxGone(RuntimeError):
    """The zygote has ended: no worker can be had."""


class Zygote:
    """A process that forks workers.  `facts` is what it said of itself: missing mechanisms, version of Landlock."""

    def __init__(self, agent: str, packages: tuple[str, ...], mechanisms: frozenset[str], limits: Limits) -> None:
        self.limits = limits
        self.mechanisms = mechanisms
        self.lock = threading.Lock()
        self.control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(limits.start_seconds)
        parent = os.getpid() if threading.current_thread() is threading.main_thread() else 0
        text = write_launch_text(
            agent, packages, mechanisms, limits.list_rlimits(), limits.frame, other.fileno(), parent
        )
        with other:
            self.process = start_interpreter(text, other.fileno())
        self.facts = self.read_answer()[0]

    def read_answer(self) -> tuple[dict[str, Any], list[int]]:
        """The next answer, with descriptors.  SandboxGone with the end of what it wrote to its standard error."""
        try:
            packet, descriptors, _, _ = socket.recv_fds(self.control, LONGEST_PACKET, 1, socket.MSG_CMSG_CLOEXEC)
        except TimeoutError:
            packet, descriptors = b"", []
        if not packet:
            raise SandboxGone(f"the process that starts workers has ended: {self.explain_end()}")
        return json.loads(packet), descriptors

    def explain_end(self) -> str:
        """End the zygote; the last line that it wrote, which no submission has a part in."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(LAST_WORDS_SECONDS)
        self.process.kill()
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        self.close()
        lines = said.decode("utf-8", "replace").splitlines() or ["without a word"]
        return clean_text(lines[-1])

    def ask(self, request: dict[str, Any], descriptors: tuple[int, ...] = ()) -> tuple[dict[str, Any], list[int]]:
        """One question and its answer."""
        with self.lock:
            try:
                socket.send_fds(self.control, [json.dumps(request).encode()], list(descriptors))
            except OSError as problem:
                raise SandboxGone(f"the process that starts workers has ended: {problem}") from None
            return self.read_answer()

    def start_worker(self) -> SandboxWorker:
        """Fork and confine a worker.  OSError where it could not be confined."""
        ours, theirs = socket.socketpair()
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        for descriptor in (out, err):
            os.set_blocking(descriptor, False)
        ours.setblocking(False)
        try:
            answer, descriptors = self.ask({"worker": True}, (theirs.fileno(), out_end, err_end))
        except SandboxGone:
            for descriptor in (ours.detach(), out, err):
                os.close(descriptor)
            raise
        finally:
            for descriptor in (theirs.detach(), out_end, err_end):
                os.close(descriptor)
        handles = WorkerHandles(ours.detach(), out, err, descriptors[0])
        worker = SandboxWorker(handles, self.limits, lambda: self.reap(answer["process"]))
        worker.await_ready()
        return worker

    def reap(self, process: int) -> WorkerEnd:
        """How a worker ended that has ended, or was killed."""
        try:
            answer, _ = self.ask({"ended": process})
        except SandboxGone:  # which has taken its workers along
            return WorkerEnd(-9, 0.0, 0)
        return WorkerEnd(answer["code"], answer["seconds"], answer["memory"])

    def close(self) -> None:
        """End the zygote, and by its end all workers."""
        self.control.close()
        self.process.kill()
        self.process.wait(ENDING_SECONDS)
        if self.process.stderr is not None:
            self.process.stderr.close()


def start_interpreter(text: str, control: int) -> subprocess.Popen[bytes]:
    """Start Python without this package, this environment and this folder, and have it run a program."""
    process = subprocess.Popen(
        [str(Path(sys.executable).resolve()), *OPTIONS, "-c", BOOTSTRAP],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        cwd="/",
        pass_fds=(control,),
        start_new_session=True,
    )
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(text.encode())
    return process
