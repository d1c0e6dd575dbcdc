"""Reports for the terminal."""

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.declaration.origin import Script
from gradcheck.records.results import Finding, Run
from gradcheck.report.content import Block, Report, Table, build_block, build_report
from gradcheck.report.renderer import Renderer

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison

LINE_WIDTH = 120


def render_brief_lines(report: Report) -> Iterator[str]:
    """Write the answer, and the claim of each finding."""
    yield report.answer
    yield from (block.title for block in (*report.failures, *report.others))


def render_text_lines(report: Report) -> Iterator[str]:
    """Write every line, the answer first."""
    yield report.answer
    if report.table.rows:
        yield from ("", render_text_table(report.table))
    for title, found in (("Failures", report.failures), ("Not failures, but worth a look", report.others)):
        if found:
            yield from ("", title)
        for one in found:
            yield from ("", *render_text_block(one))
    if report.regressions:
        yield from ("", "Regressions", "", render_text_table(report.regressions))
    if report.notes:
        yield from ("", "Notes", *(line for note in report.notes for line in wrap_indented(note)))


def render_text_table(content: Table) -> str:
    """Align cells in columns under headings; numbers stay as they are written."""
    from tabulate import tabulate

    return tabulate(content.rows, content.headings, tablefmt="simple", disable_numparse=True)


def render_text_block(content: Block) -> Iterator[str]:
    """Write the block of one finding."""
    yield content.title
    yield from (line for text in content.lines for line in wrap_indented(text))
    if content.code:
        yield "  counterexample, ready to paste:"
        yield textwrap.indent(content.code, "      ")
    if content.replay:
        yield f"  replay: {content.replay}"


def render_findings(findings: Iterable[Finding], script: Script | None = None) -> str:
    """Write the findings of functions that no target names.  script: how these are called."""
    return "\n\n".join("\n".join(render_text_block(build_block(finding, script=script))) for finding in findings)


def wrap_indented(text: str) -> list[str]:
    """Wrap text to LINE_WIDTH, the first line indented by two spaces, the others by four."""
    flow = textwrap.TextWrapper(LINE_WIDTH, "  ", "    ", break_long_words=False, break_on_hyphens=False)
    return flow.wrap(text)


class TextRenderer:
    """The format `text`, for a terminal."""

    name = "text"
    suffix = ".txt"
    shows_comparison = True

    def render(self, run: Run, comparison: "Comparison | None", brief: bool, folder: Path) -> str:
        """Write the report, the answer first; a brief one is the answer and the claims."""
        report = build_report(run, comparison, folder)
        return "\n".join(render_brief_lines(report) if brief else render_text_lines(report)) + "\n"


TEXT: Renderer = TextRenderer()
