"""A stop from outside passes through code under test; what the code raises itself does not."""

import asyncio
import signal
import sys
from functools import partial

import pytest

from gradcheck.evaluation.outside_stops import (
    OutsideStop,
    comes_from_outside,
    find_code,
    suppress_own_errors,
    walk_traceback,
)


def catch(run):
    """What run() raises."""
    try:
        run()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def raise_error(error):
    raise error


def catch_and_raise_again():
    try:
        raise KeyboardInterrupt
    finally:
        list(range(3))


@pytest.mark.parametrize(
    "run",
    [
        lambda: 1 / 0,
        lambda: sys.exit(0),
        partial(raise_error, KeyboardInterrupt),
        partial(raise_error, KeyboardInterrupt()),
        partial(raise_error, SystemExit(0)),
        partial(raise_error, GeneratorExit),
        partial(raise_error, asyncio.CancelledError()),
        partial(raise_error, type("Own", (BaseException,), {})),
        partial(raise_error, BaseExceptionGroup("several", [KeyboardInterrupt()])),
        partial(raise_error, type("Odd", (BaseException,), {"__traceback__": property(raise_error)})()),
        catch_and_raise_again,
    ],
)
def test_what_code_raises_itself_does_not_come_from_outside(run):
    assert not comes_from_outside(catch(run))


def test_a_time_limit_comes_from_outside():
    assert comes_from_outside(catch(partial(raise_error, OutsideStop())))


def interrupt():
    signal.raise_signal(signal.SIGINT)
    for _ in range(1000):
        pass


def interrupt_and_raise_again():
    try:
        interrupt()
    except KeyboardInterrupt:
        raise


class Handler:
    """A handler of a signal that raises what it was made with."""

    def __init__(self, error):
        self.error = error

    def handle_signal(self, signum, frame):
        raise self.error

    __call__ = handle_signal


@pytest.mark.parametrize(
    "handler",
    [
        signal.default_int_handler,
        Handler(KeyboardInterrupt()).handle_signal,
        Handler(SystemExit(1)),
        partial(Handler.handle_signal, Handler(type("Own", (BaseException,), {})())),
    ],
)
@pytest.mark.parametrize("run", [interrupt, interrupt_and_raise_again])
def test_what_a_signal_raises_comes_from_outside(handler, run):
    before = signal.signal(signal.SIGINT, handler)
    try:
        assert comes_from_outside(catch(run))
    finally:
        signal.signal(signal.SIGINT, before)


def test_where_it_is_not_certain_an_interrupt_comes_from_outside():
    assert comes_from_outside(KeyboardInterrupt())


def test_errors_of_the_code_are_suppressed_and_stops_are_not():
    with suppress_own_errors():
        raise GeneratorExit
    with pytest.raises(OutsideStop), suppress_own_errors():
        raise OutsideStop


def test_a_traceback_is_walked_to_its_end():
    def recurse(n):
        return recurse(n - 1) if n else 1 / 0

    assert len(list(walk_traceback(catch(partial(recurse, 3))))) == 5


def test_the_code_of_anything_that_is_called_is_found():
    handler = Handler(None)
    code = Handler.handle_signal.__code__
    assert {find_code(c) for c in (handler, handler.handle_signal, partial(handler.handle_signal, 1))} == {code}
    assert find_code(signal.default_int_handler) is None
