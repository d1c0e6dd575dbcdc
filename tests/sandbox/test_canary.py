"""The canary says of each level what it leaves open."""

import socket

import pytest

from gradcheck.sandbox.call_outcome import CallOutcome, OutcomeKind
from gradcheck.sandbox.canary import has_visitor, read_probe, run_canary
from gradcheck.sandbox.isolation_record import IsolationLevel
from tests.lanes import mark_most_slow

LEAKS = {
    IsolationLevel.CONFINED: {"stat"},
    IsolationLevel.STRONG: set(),
    IsolationLevel.CONTAINED: {"stat", "read", "write"},
}


@pytest.mark.parametrize("level", mark_most_slow(LEAKS, 3))
def test_a_level_leaves_open_what_it_says(sandboxes, level):
    with sandboxes(level).start_worker() as worker:
        assert {name for name, result in run_canary(worker).items() if result != "blocked"} == LEAKS[level]


@pytest.mark.slow
def test_a_process_alone_leaves_all_open_but_what_the_system_refuses(sandboxes):
    leaks = set(sandboxes(IsolationLevel.PROCESS_ONLY).isolation.leaks)
    assert leaks >= {"stat", "read", "write", "connect", "signal", "fork", "exec", "memory file"}


def test_a_probe_that_did_not_end_proves_nothing():
    assert read_probe(CallOutcome(OutcomeKind.TIMEOUT)) == "leak"
    assert read_probe(CallOutcome(OutcomeKind.RETURNED, "blocked")) == "blocked"


def test_a_visitor_is_seen():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not has_visitor(listener)
        with socket.create_connection(listener.getsockname()):
            assert has_visitor(listener)
