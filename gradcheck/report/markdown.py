"""Reports for pull requests, step summaries and documentation."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.records.results import Run
from gradcheck.report.content import Block, Report, Table, build_report
from gradcheck.report.renderer import Renderer

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison


def render_markdown_lines(report: Report) -> Iterator[str]:
    """Write every line, the answer first."""
    yield from ("# gradcheck", "", f"**{escape_markdown(report.answer)}**")
    if report.table.rows:
        yield from ("", render_markdown_table(report.table))
    for title, blocks in (("Failures", report.failures), ("Not failures, but worth a look", report.others)):
        if blocks:
            yield from ("", f"## {title}")
        for block in blocks:
            yield from ("", *render_markdown_block(block))
    if report.regressions:
        yield from ("", "## Regressions", "", render_markdown_table(report.regressions))
    if report.notes:
        yield from ("", "## Notes", "", *(f"- {escape_markdown(note)}" for note in report.notes))


def escape_markdown(text: str) -> str:
    """Escape text so that Markdown shows it as it is, in one line."""
    return re.sub(r"([\\`*_<|])", r"\\\1", " ".join(text.split()))


def render_markdown_table(content: Table) -> str:
    """Write a pipe table; tabulate does not escape bars in cells, so they are escaped here."""
    from tabulate import tabulate

    rows = [[escape_markdown(cell) for cell in row] for row in content.rows]
    return tabulate(rows, [escape_markdown(h) for h in content.headings], tablefmt="github", disable_numparse=True)


def render_markdown_block(block: Block) -> Iterator[str]:
    """Write the block of one finding."""
    yield from (f"### {escape_markdown(block.title)}", "", *(f"- {escape_markdown(text)}" for text in block.lines))
    if block.code:
        yield from ("", "Counterexample, ready to paste:", "", "```python", block.code, "```")
    if block.replay:
        yield from ("", f"Replay: `{block.replay}`")


class MarkdownRenderer:
    """The format `markdown`, in the flavour of GitHub."""

    name = "markdown"
    suffix = ".md"
    shows_comparison = True

    def render(self, run: Run, comparison: "Comparison | None", brief: bool, folder: Path) -> str:
        """Write the whole report, also where a brief one is enough."""
        return "\n".join(render_markdown_lines(build_report(run, comparison, folder))) + "\n"


MARKDOWN: Renderer = MarkdownRenderer()
