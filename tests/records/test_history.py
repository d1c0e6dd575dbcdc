"""A record of a run holds the worst error of each op by witness, and reads back."""

import json
from dataclasses import replace

import pytest

from gradcheck.records.evidence import read_errors
from gradcheck.records.history import Commit, History, HistoryEntry, HistoryError, OpRecord
from tests.report.example_runs import GOOD, WRONG, make_run

TIME = "2026-11-30T12:00:00Z"
ERRORS = read_errors({"x, autodiff": 1.23456e-16, "y, autodiff": 2.34567e-9, "all, call": float("inf")})
RUN = make_run(WRONG, replace(GOOD, corpus="c0ffee", measured=ERRORS), environment={"numpy": "2.4.6"})
ENTRY = HistoryEntry.of_run(RUN, TIME, Commit("abc", "main", TIME))


def test_a_record_holds_the_worst_error_by_witness_of_the_ops_that_were_measured():
    errors = {"autodiff": 2.35e-9, "call": float("inf")}
    ops = {"sin": OpRecord("passed", "c0ffee", errors)}
    assert HistoryEntry(TIME, "abc", "main", {"numpy": "2.4.6"}, ops) == ENTRY


def test_a_record_is_one_line_that_reads_back():
    assert HistoryEntry.from_line(ENTRY.to_line()) == ENTRY
    assert (ENTRY.to_line().count("\n"), ENTRY.to_line().isascii()) == (0, True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (ENTRY.to_line()[:-5], "cannot be read"),
        ("3", "cannot be read"),
        (ENTRY.to_line().replace("history/1", "history/9"), "its schema is 'gradcheck-history/9', and this version"),
        (ENTRY.to_line().replace('"branch"', '"brunch"'), "it has no 'branch'"),
        (json.dumps({"schema": "gradcheck-history/1", "environment": {}, "ops": {"sin": 3}}), "cannot be read"),
    ],
)
def test_a_broken_record_is_refused_and_among_others_left_out(line, words):
    with pytest.raises(HistoryError, match=words):
        HistoryEntry.from_line(line)
    history = History.read_lines([(1, ENTRY.to_line()), (2, line), (3, ENTRY.to_line())])
    assert history.entries == (ENTRY, ENTRY)
    assert [words in said for said in history.broken] == [True]
    assert history.broken[0].startswith("record 2 is left out: ")
