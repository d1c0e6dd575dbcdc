"""A table is narrowed to the width of the screen, and colours are for terminals."""

import io

import pytest

from gradcheck.report.content import Table
from gradcheck.report.screen import PAPER, Screen, find_screen, measure_width, narrow_table

TABLE = Table(("op", "status", "cases", "error"), (("affine", "failed", "100", "1e-16"),), ("cases", "error"))


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_columns_are_left_out_in_their_order():
    assert measure_width(TABLE) == 34
    assert narrow_table(TABLE, 34) == (TABLE, ())
    assert narrow_table(TABLE, None) == (TABLE, ())
    table, left_out = narrow_table(TABLE, 33)
    assert (table.headings, left_out) == (("op", "status", "error"), ("cases",))
    assert narrow_table(TABLE, 22)[1] == ("cases", "error")


def test_what_is_still_too_long_is_cut():
    table, left_out = narrow_table(Table(("op", "status"), (("a" * 50, "failed"),)), 30)
    assert (table.rows, left_out) == ((("a" * 19 + "…", "failed"),), ())


def test_columns_that_are_to_be_cut_last_are():
    long = Table(("name", "formula"), (("a" * 20, "b" * 50),), cut_last=("name",))
    assert narrow_table(long, 50)[0].rows == (("a" * 20, "b" * 27 + "…"),)
    assert narrow_table(long, 28)[0].rows == (("a" * 17 + "…", "b" * 7 + "…"),)
    assert narrow_table(long, 10)[0].rows == (("a" * 7 + "…", "b" * 7 + "…"),)


def test_a_file_and_a_pipe_have_no_width_and_no_colour():
    assert find_screen(io.StringIO()) == PAPER


def test_a_terminal_has_both(monkeypatch):
    assert find_screen(Terminal()).colour
    monkeypatch.setenv("COLUMNS", "60")
    assert find_screen(Terminal()) == Screen(60, True)
    assert find_screen(io.StringIO()) == Screen(60, False)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_forbidden(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert not find_screen(Terminal()).colour
