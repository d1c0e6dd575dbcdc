"""How a worker ended, in words."""

import signal

import pytest

from gradcheck.sandbox.call_outcome import OutcomeKind, WorkerEnd, classify_end, clean_text


@pytest.mark.parametrize("code", [0, 1, 70])
def test_every_exit_is_a_crash(code):
    outcome = classify_end(WorkerEnd(code, 0.1, 1), 10)
    assert (outcome.kind, outcome.exit_code, outcome.value) == (OutcomeKind.CRASHED, code, None)


def test_a_signal_is_named():
    assert classify_end(WorkerEnd(-signal.SIGSEGV, 0.1, 1), 10).signal == "SIGSEGV"
    assert "SIGSEGV" in classify_end(WorkerEnd(-signal.SIGSEGV, 0.1, 1), 10).message


@pytest.mark.parametrize(
    ("name", "seconds", "kind"), [("SIGXCPU", 9.9, "timeout"), ("SIGKILL", 9.9, "timeout"), ("SIGKILL", 3.0, "crashed")]
)
def test_the_end_of_the_cpu_time_is_a_timeout(name, seconds, kind):
    assert classify_end(WorkerEnd(-signal.Signals[name], seconds, 1), 10).kind == kind


def test_text_is_one_printable_line():
    assert clean_text("a\x1b[2J\n\u202eb") == r"a\x1b[2J\n\u202eb"
    assert len(clean_text("\x1b" * 10**6)) < 2000
