"""The command history: trends in text, Markdown and SVG."""

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.cli.history_run import render_history
from gradcheck.records.history import History, HistoryEntry, OpRecord
from gradcheck.records.history_file import append_to_history
from gradcheck.report.screen import PAPER
from tests.report.example_runs import HOSTILE

RUNS = tuple(
    HistoryEntry(f"2026-11-{day}T12:00:00Z", "abc", "main", {"numpy": numpy}, {"sin": OpRecord("passed", "c", errors)})
    for day, numpy, errors in ((28, "2.4.6", {"autodiff": 1e-16}), (29, "2.5.0", {"autodiff": 1e-3}))
)
TEXT = """2 runs, 2026-11-28 abc to 2026-11-29 abc.

op    witness    trend    first    last     change
----  ---------  -------  -------  -------  ---------
sin   autodiff   ▁|█      1.0e-16  1.0e-03  regressed

Changes beside them
  run 2, 2026-11-29 abc: numpy 2.4.6, now 2.5.0
"""


@pytest.fixture
def file(tmp_path):
    """A history of two runs."""
    for run in RUNS:
        append_to_history(run, tmp_path / "runs.jsonl")
    return tmp_path / "runs.jsonl"


def call(*args):
    return CliRunner().invoke(main, ["history", *map(str, args)])


def test_trends_are_told_with_the_change_of_versions_beside_them(file):
    assert (call(file).exit_code, call(file).stdout) == (0, TEXT)
    markdown = call(file, "--format", "markdown", "--op", "sin").stdout
    assert "▁\\|█" in next(line for line in markdown.splitlines() if line.startswith("| sin "))
    assert "## Changes beside them\n\n- run 2, 2026-11-29 abc: numpy 2.4.6, now 2.5.0\n" in markdown


def test_a_picture_goes_to_a_file(file):
    assert call(file, "--format", "svg", "-o", file.parent / "trends.svg").exit_code == 0
    assert (file.parent / "trends.svg").read_text().startswith("<svg ")


def test_what_cannot_be_shown_is_one_line(file):
    for args, words in (
        ((file.parent / "none.jsonl",), "there is no such file; make it with gradcheck check --history"),
        ((file, "--op", "sinn"), "there is no op 'sinn'; did you mean 'sin'?"),
        ((file, "-o", file.parent / "none" / "a.txt"), "there is no folder"),
    ):
        done = call(*args)
        assert (done.exit_code, done.stdout, words in done.stderr) == (2, "", True)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_hostile_records_are_harmless(form):
    hostile = HistoryEntry(HOSTILE, HOSTILE, HOSTILE, {HOSTILE: HOSTILE}, {HOSTILE: OpRecord("x", "c", {HOSTILE: 1.0})})
    text = render_history(History((hostile,), (HOSTILE,)), (), form, PAPER)
    assert text.replace("\n", "").isprintable()
    assert "\n# heading" not in text
