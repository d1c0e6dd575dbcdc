"""The command `gradcheck history`: the trends of a history, and what changed beside them."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cli.files import emit_report, require_writable

if TYPE_CHECKING:
    from gradcheck.records.history import History
    from gradcheck.report.screen import Screen


def run_history(file: Path, ops: Sequence[str], form: str, output: Path | None) -> int:
    """Show the trends of the named ops, of all where none is named, and return the exit code.  Raises HistoryError,
    and UsageError for a name that no run has."""
    from gradcheck.records.history_file import read_history
    from gradcheck.report.screen import PAPER, find_screen
    from gradcheck.running.session import require_known_names

    require_writable(output)
    history = read_history(file)
    require_known_names(ops, sorted({label for entry in history.entries for label in entry.ops}), "op")
    text = render_history(history, ops, form, PAPER if output else find_screen(sys.stdout))
    emit_report(text, output)
    return 0


def render_history(history: "History", ops: Sequence[str], form: str, screen: "Screen") -> str:
    """Write the trends in a format."""
    from gradcheck.report import trends

    if form == "svg":
        return trends.draw_trends(history, ops)
    lines = write_markdown_trends(history, ops) if form == "markdown" else write_text_trends(history, ops, screen)
    return "\n".join(lines) + "\n"


def write_text_trends(history: "History", ops: Sequence[str], screen: "Screen") -> Iterator[str]:
    """Write the trends for a terminal or a file of text."""
    from gradcheck.report.text import render_text_list, render_text_table
    from gradcheck.report.trends import describe_breaks, describe_history, tabulate_trends

    yield describe_history(history)
    if (table := tabulate_trends(history, ops)).rows:
        yield from ("", render_text_table(table, screen))
    yield from render_text_list("Changes beside them", describe_breaks(history))


def write_markdown_trends(history: "History", ops: Sequence[str]) -> Iterator[str]:
    """Write the trends in Markdown."""
    from gradcheck.report.markdown import escape_markdown, render_markdown_list, render_markdown_table
    from gradcheck.report.trends import describe_breaks, describe_history, tabulate_trends

    yield from ("# Trends", "", escape_markdown(describe_history(history)))
    if (table := tabulate_trends(history, ops)).rows:
        yield from ("", render_markdown_table(table))
    yield from render_markdown_list("Changes beside them", describe_breaks(history))
