"""A long check shows its progress where a person watches, and nowhere else."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

pty = pytest.importorskip("pty")

SLOW = """
import time

def forward(x):
    time.sleep(0.002)
    return x * x, x

def backward(dy, x):
    return 2 * dy * x

def test_slow(gradcheck):
    print("captured")
    gradcheck(forward, backward, x="N", laws=["gradient"], examples=60)
"""


def run_on_terminal(environment):
    """Run pytest with a terminal as its output, and return what it wrote."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_slow.py"]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environment) as process:
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 4096):
                written += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert process.returncode == 0, written.decode()
    return written.decode()


@pytest.fixture
def environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    Path("test_slow.py").write_text(SLOW)
    return {name: value for name, value in os.environ.items() if name not in ("CI", "COLUMNS") and "XDIST" not in name}


def test_cases_are_counted_on_a_terminal(environment):
    written = run_on_terminal(environment)
    assert re.search(r"gradcheck \S+: case \d+ of 60", written)
    assert "captured" not in written


def test_ci_sees_none(environment):
    assert "of 60" not in run_on_terminal({**environment, "CI": "true"})
