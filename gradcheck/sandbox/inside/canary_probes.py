"""What a worker must not be able to do, tried in one at the start: each probe returns "blocked", or "leak"."""

import ctypes
import errno
import os
import socket
from collections.abc import Callable
from typing import Any

BLOCKED, LEAK = "blocked", "leak"


def attempt(action: Callable[[], object]) -> str:
    """Whether an action is refused."""
    try:
        action()
    except (OSError, MemoryError, OverflowError, ValueError):  # setrlimit raises ValueError
        return BLOCKED
    return LEAK


def read_secret(given: dict[str, Any]) -> str:
    """Read a file that the parent made, which all may read."""
    return attempt(lambda: open(given["secret"], "rb").close())


def stat_secret(given: dict[str, Any]) -> str:
    """Learn that the file is there, and how long it is."""
    return attempt(lambda: os.stat(given["secret"]))


def make_file(given: dict[str, Any]) -> str:
    """Make a file in a folder in which all may."""
    return attempt(lambda: open(given["folder"] + "/written", "wb").close())


def connect(given: dict[str, Any]) -> str:
    """Connect to the parent's port on this machine."""
    return attempt(lambda: socket.create_connection(("127.0.0.1", given["port"]), timeout=1).close())


def signal_parent(given: dict[str, Any]) -> str:
    """Ask whether a signal would reach the parent."""
    return attempt(lambda: os.kill(given["parent"], 0))


def fork(given: dict[str, Any]) -> str:
    """Start a process."""

    def start() -> None:
        child = os.fork()
        if not child:
            os._exit(0)
        os.waitpid(child, 0)

    return attempt(start)


def execute(given: dict[str, Any]) -> str:
    """Start a program; one that is not there is not found only after it was permitted to look."""
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_char_p * 2)(b"sh", None)
    libc.execve(b"/nonexistent", arguments, None)
    return LEAK if ctypes.get_errno() == errno.ENOENT else BLOCKED


def take_memory(given: dict[str, Any]) -> str:
    """Take more memory than the limit says, without touching it."""
    import mmap

    return attempt(lambda: mmap.mmap(-1, given["memory"] * 2).close())


def write_memory_file(given: dict[str, Any]) -> str:
    """Have a file in memory, which no limit of memory counts, and write to it."""

    def write() -> None:
        file = os.memfd_create("canary")
        os.write(file, b"x")

    return attempt(write)


def raise_limit(given: dict[str, Any]) -> str:
    """Raise the limit of open files beyond what it was at the start."""
    import resource

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] + 1
    return attempt(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))


CANARY_PROBES = {
    "read": read_secret,
    "stat": stat_secret,
    "write": make_file,
    "connect": connect,
    "signal": signal_parent,
    "fork": fork,
    "exec": execute,
    "memory": take_memory,
    "memory file": write_memory_file,
    "limits": raise_limit,
}


def probe(given: dict[str, Any]) -> str:
    """Run one probe by its name."""
    return CANARY_PROBES[given["name"]](given)


def is_numpy_right(given: dict[str, Any]) -> bool:
    """Whether NumPy works here, with modules that it reads late."""
    import numpy as np

    numbers = np.random.default_rng(1).normal(size=(8, 8))
    product = np.linalg.inv(numbers) @ numbers
    back = np.fft.ifft(np.fft.fft(numbers)).real
    total = np.einsum("ij,ij->", numbers, numbers) + np.ones(1 << 20).sum()
    return bool(np.max(np.abs(product - np.eye(8))) < 1e-6 and np.max(np.abs(back - numbers)) < 1e-9 and total > 0)
