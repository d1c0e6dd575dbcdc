"""One sandbox of each level for all tests, and what attacks are given to reach for."""

import hashlib
import os
import socket
import subprocess
import sys
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
def given(tmp_path, decoy, monkeypatch):
    """What attacks reach for: a course with a solution, sockets, a decoy; all of it open to every user."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o777)
    secret, abstract_name = os.urandom(12).hex(), os.urandom(12).hex()
    monkeypatch.setenv(SECRET_VARIABLE, secret)
    solution, other = tmp_path / "solution.py", tmp_path / "other.py"
    solution.write_text("solution = 1\n")
    other.write_text("submission = 1\n")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        unix.bind(str(tmp_path / "socket"))
        (tmp_path / "socket").chmod(0o777)
        abstract.bind(f"\0{abstract_name}")
        unix.listen()
        abstract.listen()
        yield {
            "course": str(tmp_path),
            "solution": str(solution),
            "other": str(other),
            "home": str(Path.home()),
            "variable": SECRET_VARIABLE,
            "digest": hashlib.sha256(secret.encode()).hexdigest(),
            "parent": os.getpid(),
            "decoy": decoy.pid,
            "address": find_readable_address(decoy.pid),
            "port": tcp.getsockname()[1],
            "socket": str(tmp_path / "socket"),
            "abstract": abstract_name,
            "memory": LIMITS.memory,
        }


def find_readable_address(process):
    """The first address that a process has mapped."""
    return int(Path(f"/proc/{process}/maps").read_text().partition("-")[0], 16)
