"""A progress bar for people who watch, and nothing for anybody else."""

import io
import sys

import pytest

from gradcheck.running.progress import count_progress, is_stderr_watched, show_progress


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "ci", "watched"), [(Terminal(), "", True), (Terminal(), "true", False), (io.StringIO(), "", False)]
)
def test_a_terminal_is_watched_unless_it_is_that_of_ci(monkeypatch, stream, ci, watched):
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("CI", ci)
    assert is_stderr_watched() is watched


def show_to(stream, monkeypatch, show=True):
    """What a stream gets to see of two ops of three cases."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with show_progress(2, 3, show) as display:
        display.step("square", 0)
        display.step("square", 3)
        display.tell("square: gradient of x is [2m1, expected 2")
        display.step("square", None)
        display.step("affine", 1)
    return stream.getvalue()


def test_the_last_state_counts_ops_and_cases_and_names_what_runs(monkeypatch):
    told = show_to(Terminal(), monkeypatch)
    assert "1/2" in told
    assert "affine" in told
    assert "case 4/6" in told


def test_ops_alone_are_counted_where_their_cases_are_not(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with show_progress(2, 0, True) as display:
        display.step("square", 0)
        display.step("square", None)
        display.step("affine", 5)
    assert "1/2 affine" in terminal.getvalue()
    assert "case" not in terminal.getvalue()


def test_nothing_is_written_where_nobody_watches(monkeypatch):
    assert show_to(Terminal(), monkeypatch, show=False) == ""


def test_a_finding_is_a_line_of_its_own_as_it_is_written(monkeypatch):
    assert "square: gradient of x is [2m1, expected 2\n" in show_to(Terminal(), monkeypatch)


def count_to(stream, monkeypatch, show=True):
    """What a stream gets to see of one submission of two."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with count_progress(2, "submissions", show) as step:
        step("anna\x1b[31m")
    return stream.getvalue()


def test_things_are_counted_and_the_last_one_is_named(monkeypatch):
    told = count_to(Terminal(), monkeypatch)
    assert "1/2" in told
    assert "submissions" in told
    assert "anna\\x1b[31m" in told


def test_nothing_is_counted_where_nobody_watches(monkeypatch):
    assert count_to(Terminal(), monkeypatch, show=False) == ""
