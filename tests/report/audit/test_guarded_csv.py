import csv
import io

import pytest

from gradcheck.report.audit.guarded_csv import guard_cell, write_guarded_csv, write_plain_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_what_a_spreadsheet_takes_for_a_formula_gets_a_quote(text):
    assert guard_cell(text).startswith("'")


def test_a_semicolon_begins_a_cell_as_well():
    assert guard_cell("a; =1;b;-2") == "a;' =1;b;'-2"


@pytest.mark.parametrize("text", ["anna", "", "1 = 1", "a-b", "zoë", "a; b"])
def test_other_text_stays(text):
    assert guard_cell(text) == text


def test_a_cell_is_one_line_without_what_cannot_be_printed():
    assert guard_cell("a\nb\x1b[31m\ud800") == "a\\nb\\x1b[31m\\ud800"


def test_cells_come_back_from_a_parser():
    rows = [("a,b", 'say "x"', 0.5), ("", "ö", -2.0), ("x", "y", 0.1 + 0.2)]
    back = list(csv.reader(io.StringIO(write_guarded_csv(rows))))
    assert back == [["a,b", 'say "x"', "0.5"], ["", "ö", "-2"], ["x", "y", "0.3"]]


def test_plain_cells_stay_as_they_are():
    assert write_plain_csv([("=1", "a")]) == "=1,a\n"
