"""The summary of a job on GitHub: Markdown of a limited size, the worst first, the rest folded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.formatting import pluralise
from gradcheck.records.results import Run
from gradcheck.report.content import Block, Report, Table, build_report
from gradcheck.report.markdown import escape_markdown, render_markdown_block, render_markdown_table

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison

MOST_SUMMARY_BYTES = 900 * 1024
"""Bytes of a summary: GitHub takes a mebibyte of a step, and nothing of a larger one."""
SHOWN_BLOCKS = 10
"""Findings that are shown; the others are folded."""
SHOWN_ROWS = 20
"""Rows of the table that are shown."""
ROWS_AT_ONCE = 50
"""Rows of a table that are folded, or cut, together."""


@dataclass(frozen=True)
class SummarySection:
    """A part of a summary.  title: its heading, or what is folded.  noun: what its items are.  items: Markdown.
    counts: how many things each item holds."""

    title: str
    noun: str
    items: tuple[str, ...]
    is_folded: bool = False
    counts: tuple[int, ...] = ()

    def count_from(self, start: int) -> int:
        """Return how many things the items from this one on hold."""
        return sum(self.counts[start:]) if self.counts else len(self.items[start:])

    @property
    def opening(self) -> str:
        """What stands before the items."""
        if self.is_folded:
            return f"\n<details><summary>{self.title}</summary>\n"
        return f"\n## {self.title}\n"

    @property
    def closing(self) -> str:
        """What stands behind them."""
        return "\n</details>\n" if self.is_folded else ""


def render_job_summary(run: Run, comparison: "Comparison | None", folder: Path, most: int = MOST_SUMMARY_BYTES) -> str:
    """Write the summary of a run beside a baseline.  most: bytes that it may have; what does not fit is cut, and the
    last line says so."""
    report = build_report(run, comparison, folder)
    text = f"# gradcheck\n\n**{escape_markdown(report.answer)}**\n"
    cut: Counter[str] = Counter()
    for section in list_sections(sort_rows(run, report)):
        room = most - measure_bytes(text + section.opening + section.closing)
        kept = fit_items(section.items, room)
        if kept:
            text += section.opening + "".join(section.items[:kept]) + section.closing
        cut[section.noun] += section.count_from(kept)
    if left := [pluralise(count, noun) for noun, count in cut.items() if count]:
        text += f"\nCut, to fit into a summary: {', '.join(left)}; a report in a file has all.\n"
    return text


def list_sections(report: Report) -> Iterator[SummarySection]:
    """List the sections of a report, the most important first."""
    blocks = [render_section_block(block) for _, found in report.sections for block in found]
    yield from list_table_sections(report.table, "Ops", "op")
    yield SummarySection("Findings", "finding", tuple(blocks[:SHOWN_BLOCKS]))
    if report.regressions:
        yield from list_table_sections(report.regressions, "Regressions", "regression")
    more = blocks[SHOWN_BLOCKS:]
    yield SummarySection(pluralise(len(more), "more finding"), "finding", tuple(more), is_folded=True)
    for title, noun, lines in (
        ("Not checked", "reason", report.not_checked),
        ("Notes", "note", report.notes),
    ):
        items = tuple(f"\n- {escape_markdown(line)}\n" for line in lines)
        yield SummarySection(f"{title} ({len(lines)})", noun, items, is_folded=True)


def render_section_block(block: Block) -> str:
    """Write a finding as an item of a section."""
    return "\n" + "\n".join(render_markdown_block(block)) + "\n"


def list_table_sections(table: Table, title: str, noun: str) -> Iterator[SummarySection]:
    """List the sections of a table: its first rows, and the others folded, in parts that are tables."""
    shown, rest = table.rows[:SHOWN_ROWS], table.rows[SHOWN_ROWS:]
    parts = [rest[i : i + ROWS_AT_ONCE] for i in range(0, len(rest), ROWS_AT_ONCE)]
    if shown:
        yield SummarySection(title, noun, (render_rows(table, shown),), counts=(len(shown),))
    items, counts = tuple(render_rows(table, part) for part in parts), tuple(map(len, parts))
    yield SummarySection(pluralise(len(rest), f"more {noun}"), noun, items, is_folded=True, counts=counts)


def render_rows(table: Table, rows: Sequence[tuple[str, ...]]) -> str:
    """Write some rows of a table under its headings."""
    return f"\n{render_markdown_table(Table(table.headings, tuple(rows)))}\n"


def sort_rows(run: Run, report: Report) -> Report:
    """Return a report whose table begins with the worst ops."""
    pairs = sorted(zip(run.results, report.table.rows, strict=True), key=lambda pair: pair[0].status.severity)
    return replace(report, table=replace(report.table, rows=tuple(row for _, row in pairs)))


def fit_items(items: Sequence[str], room: int) -> int:
    """Return how many items, from the first, fit into so many bytes."""
    for i, item in enumerate(items):
        room -= measure_bytes(item)
        if room < 0:
            return i
    return len(items)


def measure_bytes(text: str) -> int:
    """Return the length of a text in a file."""
    return len(text.encode())
