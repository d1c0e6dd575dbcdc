"""Code under test that would end its process: while it runs, the functions that do so raise instead.

`os._exit` and the exec functions end a process without an exception, with an exit code that code under test chooses: a
run that ends in this way would look as if all were well.  A signal or a crash needs no guard: its exit code is not 0.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from types import ModuleType
from typing import Any, NoReturn

FORBIDDEN_NAMES = ("_exit", "execv", "execve")
"""The functions of `os` that end or replace a process; all others of this kind call one of them."""

GUARD_LOCK = RLock()


class ProcessExitError(RuntimeError):
    """Code under test tried to end its process."""


@contextmanager
def forbid_exit() -> Iterator[None]:
    """Let the functions that end the process raise ProcessExitError within, in every module that has imported them.  A
    process that is forked within may still end itself."""
    with GUARD_LOCK:
        replaced = [(module, name, original) for name in FORBIDDEN_NAMES for module, original in find_owners(name)]
        for module, name, original in replaced:
            setattr(module, name, Refusal(name, original, os.getpid()))
        try:
            yield
        finally:
            for module, name, original in replaced:
                setattr(module, name, original)


def find_owners(name: str) -> list[tuple[ModuleType, Callable[..., Any]]]:
    """Find the modules that hold a function of `os` under its own name; none where it is replaced already."""
    original: Callable[..., Any] | None = getattr(os, name, None)
    if original is None or isinstance(original, Refusal):
        return []
    held = ((module, getattr(module, "__dict__", {}).get(name)) for module in list(sys.modules.values()))
    return [(module, value) for module, value in held if value is original]


class Refusal:
    """What stands for a function that ends the process."""

    def __init__(self, name: str, original: Callable[..., Any], process: int) -> None:
        self.name, self.original, self.process = name, original, process

    def __call__(self, *args: Any) -> NoReturn:
        """Raise ProcessExitError; in a forked process, end it."""
        if os.getpid() != self.process:
            self.original(*args)
        given = ", ".join(map(repr, args))[:80]
        raise ProcessExitError(f"os.{self.name}({given}) would have ended the process without a report")
