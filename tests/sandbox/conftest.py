"""One sandbox of each level for all tests, and what attacks are given to reach for."""

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gradcheck.sandbox import IsolationLevel, Limits, open_sandbox
from gradcheck.sandbox.isolation_record import ALL_MECHANISMS

LIMITS = Limits(memory=640 << 20, call_seconds=10.0, cpu_seconds=20, flood_bytes=1 << 20)
MECHANISMS = {
    IsolationLevel.STRONG: ALL_MECHANISMS,
    IsolationLevel.CONFINED: ALL_MECHANISMS - {"namespaces"},
    IsolationLevel.CONTAINED: frozenset({"seccomp", "rlimits"}),
    IsolationLevel.PROCESS_ONLY: frozenset(),
}
SECRET_VARIABLE = "GRADCHECK_SECRET_OF_THE_PARENT"


@pytest.fixture(scope="session")
def sandboxes():
    """Sandboxes by level, opened when they are asked for."""
    if not sys.platform.startswith("linux"):
        pytest.skip("submissions are kept apart on Linux alone")
    opened = {}

    def get(level):
        if level not in opened:
            opened[level] = open_sandbox(unsafe=True, limits=LIMITS, mechanisms=MECHANISMS[level])
        sandbox = opened[level]
        if sandbox.isolation.level != level:
            pytest.skip(f"no level {level} here: {sandbox.isolation.missing or sandbox.isolation.leaks}")
        return sandbox

    yield get
    for sandbox in opened.values():
        sandbox.close()


@pytest.fixture
def decoy():
    """A process of the same user, which ends when its input does."""
    code = "print(flush=True); input()"
    process = subprocess.Popen([sys.executable, "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def open_folder():
    """A folder in which every user may write, below none that is closed to anybody."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture
def given(open_folder, decoy, monkeypatch):
    """What attacks reach for: a course with a solution, sockets, a decoy; all of it open to every user."""
    secret, abstract_name = os.urandom(12).hex(), os.urandom(12).hex()
    monkeypatch.setenv(SECRET_VARIABLE, secret)
    solution, other = open_folder / "solution.py", open_folder / "other.py"
    solution.write_text("solution = 1\n")
    other.write_text("submission = 1\n")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        unix.bind(str(open_folder / "socket"))
        (open_folder / "socket").chmod(0o777)
        abstract.bind(f"\0{abstract_name}")
        unix.listen()
        abstract.listen()
        yield {
            "course": str(open_folder),
            "solution": str(solution),
            "other": str(other),
            "home": str(Path.home()),
            "variable": SECRET_VARIABLE,
            "digest": hashlib.sha256(secret.encode()).hexdigest(),
            "parent": os.getpid(),
            "decoy": decoy.pid,
            "address": find_readable_address(decoy.pid),
            "port": tcp.getsockname()[1],
            "socket": str(open_folder / "socket"),
            "abstract": abstract_name,
            "memory": LIMITS.memory,
            "host": socket.gethostname(),
        }


def find_readable_address(process):
    """The first address that a process has mapped."""
    return int(Path(f"/proc/{process}/maps").read_text().partition("-")[0], 16)
