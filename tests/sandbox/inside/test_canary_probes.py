"""The probes of the canary find a leak where there is one."""

import os
import socket

import pytest

from gradcheck.sandbox.inside.canary_probes import (
    CANARY_PROBES,
    attempt,
    connect,
    is_numpy_right,
    make_file,
    probe,
    read_secret,
    signal_parent,
    stat_secret,
)


def fail(error):
    raise error


@pytest.mark.parametrize("error", [PermissionError(), MemoryError(), OverflowError(), ValueError()])
def test_what_is_refused_is_blocked(error):
    assert attempt(lambda: fail(error)) == "blocked"


def test_what_is_not_refused_is_a_leak(tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    given = {"secret": str(tmp_path / "secret"), "folder": str(tmp_path), "parent": os.getpid()}
    assert [f(given) for f in (read_secret, stat_secret, make_file, signal_parent)] == ["leak"] * 4
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert connect({"port": listener.getsockname()[1]}) == "leak"


def test_what_is_not_there_is_blocked(tmp_path):
    given = {"secret": str(tmp_path / "none"), "folder": str(tmp_path / "none"), "name": "read"}
    assert [f(given) for f in (read_secret, stat_secret, make_file, probe)] == ["blocked"] * 4


def test_there_are_ten():
    assert len(CANARY_PROBES) == 10


def test_numpy_is_right_here():
    assert is_numpy_right({})
