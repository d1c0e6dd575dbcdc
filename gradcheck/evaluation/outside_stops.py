"""Exceptions that reach code under test from outside: the time limit, Ctrl-C, the signal handlers of the host.

They are no findings, and pass through.  What the code raises itself, `raise KeyboardInterrupt` too, is a finding.
"""

import dis
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CodeType, MethodType, TracebackType
from typing import Any


class OutsideStop(BaseException):
    """Stops a check from outside.  Not an Exception, so that code under test lets it through."""


def comes_from_outside(error: BaseException) -> bool:
    """Whether an exception that left code under test was raised from outside; a KeyboardInterrupt also where that is
    not certain."""
    kind = type(error)
    if issubclass(kind, OutsideStop) or issubclass(kind, Exception):
        return issubclass(kind, OutsideStop)
    entries = list(walk_traceback(error))
    handlers = set(list_signal_handlers())
    if any(entry.tb_frame.f_code in handlers for entry in entries):
        return True
    return issubclass(kind, KeyboardInterrupt) and not (entries and stands_at_raise(entries[-1]))


@contextmanager
def suppress_own_errors() -> Iterator[None]:
    """Suppress whatever code under test raises, but for what comes from outside."""
    try:
        yield
    except BaseException as error:
        if comes_from_outside(error):
            raise


def walk_traceback(error: BaseException) -> Iterator[TracebackType]:
    """Yield the entries of a traceback, the innermost last."""
    entry: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    while entry:
        yield entry
        entry = entry.tb_next


def stands_at_raise(entry: TracebackType) -> bool:
    """Whether an entry of a traceback stands at a raise statement, where no signal raises an exception."""
    code, at = entry.tb_frame.f_code.co_code, entry.tb_lasti
    return 0 <= at < len(code) and dis.opname[code[at]] == "RAISE_VARARGS"


def list_signal_handlers() -> Iterator[CodeType]:
    """Yield the code of the handlers of signals that are written in Python."""
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        if callable(handler) and (code := find_code(handler)):
            yield code


def find_code(function: Callable[..., Any]) -> CodeType | None:
    """Return the code of a function, a method, a partial or an object that is called; None where it is not Python's."""
    while isinstance(function, (MethodType, partial)):
        function = function.__func__ if isinstance(function, MethodType) else function.func
    called = function if hasattr(function, "__code__") else type(function).__call__
    code = getattr(called, "__code__", None)
    return code if isinstance(code, CodeType) else None
