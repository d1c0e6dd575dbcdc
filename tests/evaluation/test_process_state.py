"""What code under test changes in its process is put back, and what it prints goes to stderr."""

# ruff: noqa: PLW0108, NPY002 - what is read at the time of the call, and NumPy's global random numbers
import builtins
import gc
import locale
import os
import random
import signal
import sys
import threading
import warnings
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path

import numpy as np
import pytest

import gradcheck
from gradcheck.evaluation import evaluator, process_state
from gradcheck.evaluation.private_copies import choose_copy, keep_subclasses
from gradcheck.evaluation.process_state import (
    preserve_process_state,
    read_call_state,
    redirect_prints,
    restore_call_state,
    snapshot_names,
)


def close_stdout():
    sys.stdout.close()
    sys.__stdout__.close()


CHANGES = {
    "the working folder": (os.getcwd, lambda: os.chdir("/")),
    "a working folder that is gone": (os.getcwd, lambda: (os.mkdir("gone"), os.chdir("gone"), Path.cwd().rmdir())),
    "the environment": (lambda: dict(os.environ), os.environ.clear),
    "sys.path": (lambda: (id(sys.path), sys.path[:]), sys.path.clear),
    "another sys.path": (lambda: (id(sys.path), sys.path[:]), lambda: setattr(sys, "path", [])),
    "sys.meta_path": (lambda: sys.meta_path[:], sys.meta_path.clear),
    "a module": (lambda: id(sys.modules["random"]), lambda: sys.modules.pop("random")),
    "a module that may not be imported": (lambda: id(sys.modules["random"]), lambda: sys.modules.update(random=None)),
    "the recursion limit": (sys.getrecursionlimit, lambda: sys.setrecursionlimit(5000)),
    "stdout": (lambda: (sys.stdout, sys.stdout.closed), close_stdout),
    "no stdout": (lambda: sys.stdout, lambda: setattr(sys, "stdout", None)),
    "stderr": (lambda: (sys.stderr, sys.stderr.closed), lambda: sys.stderr.close()),
    "the descriptor of stdout": (lambda: os.fstat(1)[:3], lambda: os.close(1)),
    "the descriptor of another stdout": (
        lambda: os.fstat(sys.stdout.fileno())[:3],
        lambda: os.close(sys.stdout.fileno()),
    ),
    "another file as stderr": (lambda: os.fstat(2)[:3], lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2)),
    "floating-point errors": (np.geterr, lambda: np.seterr(all="raise")),
    "filters of warnings": (lambda: warnings.filters[:], lambda: warnings.simplefilter("error")),
    "random numbers of NumPy": (lambda: np.random.get_state()[1].tolist(), lambda: np.random.seed(0)),
    "random numbers of Python": (random.getstate, lambda: random.seed(0)),
    "the locale": (lambda: locale.setlocale(locale.LC_ALL), lambda: locale.setlocale(locale.LC_ALL, "C")),
    "a handler of a signal": (
        lambda: signal.getsignal(signal.SIGTERM),
        lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN),
    ),
    "an alarm": (process_state.read_alarm, lambda: signal.setitimer(signal.ITIMER_REAL, 1000)),
    "the collection of garbage": (gc.isenabled, gc.disable),
    "a hook of sys": (lambda: sys.excepthook, lambda: setattr(sys, "excepthook", None)),
    "the hook of threads": (lambda: threading.excepthook, lambda: setattr(threading, "excepthook", None)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_undone(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read, change = CHANGES[name]
    before = read()
    with preserve_process_state() as replaced:
        change()
    assert read() == before
    assert replaced == []


def test_a_change_is_undone_where_the_check_raises():
    before = os.getcwd()
    with suppress(KeyError), preserve_process_state():
        os.chdir("/")
        raise KeyError
    assert os.getcwd() == before


def test_a_finder_that_a_library_adds_stays():
    before, finder = sys.meta_path[:], object()
    with preserve_process_state():
        sys.meta_path[:] = [finder]
    assert sys.meta_path == [*before, finder]
    sys.meta_path.remove(finder)


def test_new_variables_of_the_environment_stay():
    with preserve_process_state():
        os.environ["GRADCHECK_NEW"] = "1"
    assert os.environ.pop("GRADCHECK_NEW") == "1"


REPLACEMENTS = {
    "numpy.sum": (np, "sum"),
    "numpy.abs": (np, "abs"),
    "numpy.linalg.norm": (np.linalg, "norm"),
    "numpy.random.seed": (np.random, "seed"),
    "builtins.len": (builtins, "len"),
    "builtins.isinstance": (builtins, "isinstance"),
    "builtins.setattr": (builtins, "setattr"),
    "builtins.all": (builtins, "all"),
    "builtins.next": (builtins, "next"),
    "builtins.type": (builtins, "type"),
    "gradcheck.check": (gradcheck, "check"),
    "gradcheck.evaluation.evaluator.copy_array": (evaluator, "copy_array"),
    "Evaluator.gradients": (evaluator.Evaluator, "gradients"),
}


@pytest.mark.parametrize("name", REPLACEMENTS)
def test_a_name_that_is_replaced_is_put_back_and_told(name):
    owner, attribute = REPLACEMENTS[name]
    original, assign = getattr(owner, attribute), setattr
    with preserve_process_state() as replaced:
        assign(owner, attribute, None)
    assert getattr(owner, attribute) is original
    assert replaced == [name]


def test_a_name_that_is_removed_is_put_back_and_told():
    original = np.sum
    with preserve_process_state() as replaced:
        del np.sum
    assert np.sum is original
    assert replaced == ["numpy.sum"]


def test_a_name_that_is_new_in_gradcheck_is_removed_and_told():
    loaded_at_once = gradcheck.check
    with preserve_process_state() as replaced:
        vars(gradcheck)["check"] = None
    assert gradcheck.check is loaded_at_once
    assert replaced == ["gradcheck.check"]


def test_a_new_name_in_numpy_stays():
    with preserve_process_state() as replaced:
        np.new_name = 1
    assert replaced == []
    del np.new_name


def test_a_module_of_gradcheck_that_is_removed_is_told():
    with preserve_process_state() as replaced:
        del sys.modules["gradcheck"]
    assert sys.modules["gradcheck"] is gradcheck
    assert replaced == ["sys.modules['gradcheck']"]


def test_what_was_replaced_leaves_no_trace_in_private_copies():
    def total(x):
        return np.sum(np.asarray(x))

    def in_a_copy():
        with keep_subclasses():
            return choose_copy(total)(np.ones(3))

    with preserve_process_state():
        np.sum = lambda x: 0.0
        assert in_a_copy() == 0
    assert in_a_copy() == 3


def test_names_are_few_enough_to_look_at_for_each_op():
    assert 3000 < sum(len(before) for _, before in snapshot_names()) < 40_000


def test_a_check_within_a_check_forgets_nothing():
    with preserve_process_state():
        with preserve_process_state():
            pass
        sys.modules.pop("random")
    assert sys.modules["random"] is random


def change_everything():
    sys.setrecursionlimit(sys.getrecursionlimit() - 100)
    np.seterr(all="raise")
    warnings.simplefilter("error")
    sys.path.clear()
    sys.modules.pop("random")


def test_what_gradcheck_needs_is_there_again_after_each_call():
    with preserve_process_state():
        before, errors = read_call_state(), np.geterr()
        change_everything()
        restore_call_state(before)
        limit, _, *lists = read_call_state()
        assert (limit, *lists) == (before[0], *before[2:])
        assert np.geterr() == errors
        assert sys.modules["random"] is random


@pytest.mark.parametrize("first", ["warn", "ignore"])
def test_errors_of_floating_point_are_there_again_whatever_they_were(first):
    with np.errstate(over=first):
        before = read_call_state()
        np.seterr(over="raise")
        with np.errstate(over="print"):
            pass
        restore_call_state(before)
        assert np.geterr()["over"] == first


def test_a_context_variable_of_the_code_is_compared_by_identity():
    variable = ContextVar("variable", default=None)
    before = read_call_state()
    token = variable.set(np.ones(2))
    restore_call_state(before)
    assert variable.get() is not None
    variable.reset(token)


def test_a_recursion_limit_that_was_raised_stays_until_the_op_is_done():
    limit = sys.getrecursionlimit()
    with preserve_process_state():
        before = read_call_state()
        sys.setrecursionlimit(limit + 500)
        restore_call_state(before)
        assert sys.getrecursionlimit() == limit + 500
    assert sys.getrecursionlimit() == limit


def print_in_every_way():
    print("by print")
    sys.stdout.write("by write\n")
    sys.stdout.buffer.write(b"as bytes\n")
    sys.__stdout__.write("by the original\n")
    sys.stdout.flush()
    os.write(1, b"by descriptor\n")


def test_prints_go_to_stderr(capfd):
    with redirect_prints():
        print_in_every_way()
    print("afterwards")
    out, err = capfd.readouterr()
    assert out == "afterwards\n"
    assert sorted(err.splitlines()) == ["as bytes", "by descriptor", "by print", "by the original", "by write"]


@pytest.mark.parametrize(
    "close",
    [
        lambda: sys.stdout.close(),
        lambda: sys.stdout.buffer.close(),
        lambda: sys.stdout.detach(),
        lambda: sys.__stdout__.close(),
        lambda: os.close(sys.stdout.fileno()),
        lambda: setattr(sys, "stdout", None),
    ],
)
def test_what_the_code_closes_is_not_ours(close, capfd):
    with redirect_prints():
        close()
    print("out")
    print("err", file=sys.stderr)
    assert capfd.readouterr() == ("out\n", "err\n")


def test_prints_go_to_a_stderr_without_a_descriptor(capsys):
    with redirect_prints():
        print("by print")
    assert "by print" in capsys.readouterr().err


def test_a_guarded_stream_says_what_the_other_does(capsys):
    stream = process_state.GuardedStream(sys.stdout)
    assert (stream.encoding, stream.isatty(), stream.writable()) == (sys.stdout.encoding, False, True)
    stream.close()
    print("still open", file=stream)
    assert capsys.readouterr().out == "still open\n"
