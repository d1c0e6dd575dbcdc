"""The canary: at the start a real worker tries what it must not be able to do, and the level is what it proves."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradcheck.sandbox.call_outcome import CallOutcome, OutcomeKind
from gradcheck.sandbox.inside.canary_probes import CANARY_PROBES, LEAK
from gradcheck.sandbox.launch_text import read_inside
from gradcheck.sandbox.worker_process import SandboxWorker

PROBES_TEXT = read_inside("canary_probes")


def write_probe(function: str, argument: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A call of one function of the canary."""
    return "run", {"text": PROBES_TEXT, "function": function, "argument": argument}


def is_computing(worker: SandboxWorker) -> bool:
    """Whether NumPy works in a worker."""
    return worker.call(*write_probe("is_numpy_right", {}), seconds=worker.limits.start_seconds).value is True


def run_canary(worker: SandboxWorker) -> dict[str, str]:
    """What came of each probe.  What the parent sees counts as well as what the worker says."""
    with open_targets() as (given, listener, folder):
        calls = [
            write_probe("probe", {**given, "name": name, "memory": worker.limits.memory}) for name in CANARY_PROBES
        ]
        outcomes = worker.call_many(calls, seconds=worker.limits.start_seconds)
        canary = dict(zip(CANARY_PROBES, map(read_probe, outcomes), strict=True))
        if has_visitor(listener):
            canary["connect"] = LEAK
        if (folder / "written").exists():
            canary["write"] = LEAK
    return canary


def read_probe(outcome: CallOutcome) -> str:
    """The result of a probe; one that was not finished is as good as a leak, since nothing was proved."""
    return str(outcome.value) if outcome.kind is OutcomeKind.RETURNED else LEAK


@contextmanager
def open_targets() -> Iterator[tuple[dict[str, Any], socket.socket, Path]]:
    """A file and a folder that everybody may use, and an open port: what they are, the port, the folder."""
    with tempfile.TemporaryDirectory(prefix="canary-") as name, socket.create_server(("127.0.0.1", 0)) as listener:
        folder = Path(name)
        folder.chmod(0o777)
        secret = folder / "secret"
        secret.write_bytes(os.urandom(16))
        secret.chmod(0o644)
        port = listener.getsockname()[1]
        yield {"secret": str(secret), "folder": name, "port": port, "parent": os.getpid()}, listener, folder


def has_visitor(listener: socket.socket) -> bool:
    """Whether somebody has connected."""
    listener.setblocking(False)
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True
