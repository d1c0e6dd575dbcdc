"""Reports for pull requests, step summaries and documentation."""

import re
import textwrap
from collections.abc import Iterable, Iterator

from gradcheck.escaping import escape_lines, escape_unprintable, measure_longest_run
from gradcheck.records.results import Run
from gradcheck.report.content import BESIDE_TITLE, Block, CodeChange, Report, Table, build_report
from gradcheck.report.context import ReportContext
from gradcheck.report.heat_map import describe_picture, draw_heat_map
from gradcheck.report.renderer import Renderer

NOTHING = "&#8203;"
"""A space of no width: a platform takes @name and #1 for mentions wherever they stand, also behind a backslash."""


def render_markdown_lines(report: Report) -> Iterator[str]:
    """Write every line, the answer first."""
    yield from ("# gradcheck", "", f"**{escape_markdown(report.answer)}**")
    yield from (("", escape_markdown(report.searched)) if report.searched else ())
    if report.table.rows:
        yield from ("", render_markdown_table(report.table))
    yield from render_markdown_list("Not checked", report.not_checked)
    for title, blocks in report.sections:
        yield from ("", f"## {title}")
        for block in blocks:
            yield from ("", *render_markdown_block(block))
    if report.regressions:
        yield from ("", "## Regressions", "", render_markdown_table(report.regressions))
    yield from render_markdown_list(BESIDE_TITLE, report.beside)
    yield from render_markdown_list("Notes", report.notes)


def render_markdown_list(title: str, items: Iterable[str]) -> Iterator[str]:
    """Write a heading and its items; nothing where there is no item."""
    lines = [f"- {escape_markdown(item)}" for item in items]
    if lines:
        yield from ("", f"## {title}", "", *lines)


def escape_markdown(text: str) -> str:
    """Escape text so that Markdown shows it as it is, in one line: nothing in it is markup, a link or a mention."""
    plain = " ".join(escape_unprintable(text).split())
    escaped = re.sub(r"([\\`*_<>|\[\]!#~&$])", r"\\\1", plain)
    unlinked = re.sub(r":(?=//)", r"\:", re.sub(r"(?i)\bwww\.", lambda word: f"{word[0][:-1]}\\.", escaped))
    unmentioned = re.sub(r"@", f"@{NOTHING}", re.sub(r"#(?=\d)", f"#{NOTHING}", unlinked))
    return re.sub(r"^(\d+(?=[.)](?:\s|$))|(?=[-+=]))(.)", r"\1\\\2", unmentioned)


def render_markdown_table(content: Table) -> str:
    """Write a pipe table; tabulate does not escape bars in cells, so they are escaped here."""
    from tabulate import tabulate

    rows = [[escape_markdown(cell) for cell in row] for row in content.rows]
    return tabulate(rows, [escape_markdown(h) for h in content.headings], tablefmt="github", disable_numparse=True)


def render_markdown_block(block: Block) -> Iterator[str]:
    """Write the block of one finding."""
    yield from (f"### {escape_markdown(block.title)}", "")
    if block.cause:
        yield f"- cause: {escape_markdown(block.cause)}"
    if block.change:
        yield from render_markdown_change(block.change)
    yield from (f"- {escape_markdown(text)}" for text in block.lines)
    if block.picture:
        drawn = "\n".join(draw_heat_map(block.picture))
        yield from ("", f"Picture: {escape_markdown(describe_picture(block.picture))}", "", *fence_code(drawn, "text"))
    if block.code:
        yield from ("", "Counterexample, ready to paste:", "", *fence_code(escape_lines(block.code)))
    if block.replay:
        yield from ("", f"Replay: {quote_code(escape_unprintable(block.replay))}")


def render_markdown_change(change: CodeChange) -> Iterator[str]:
    """Write a patch as an item of a list, with the line before and after it."""
    yield f"- patch: {escape_markdown(change.place)} ({escape_markdown(change.tried)})"
    lines = (f"{mark} {escape_unprintable(code)}" for mark, code in (("-", change.before), ("+", change.after)))
    yield textwrap.indent("\n".join(fence_code("\n".join(lines), "diff")), "  ")


def fence_code(code: str, language: str = "python") -> tuple[str, str, str]:
    """Put code between fences that are longer than any in it."""
    fence = "`" * max(3, measure_longest_run(code, "`") + 1)
    return f"{fence}{language}", code, fence


def quote_code(text: str) -> str:
    """Put text of one line between backticks, more than stand together in it."""
    mark = "`" * (measure_longest_run(text, "`") + 1)
    pad = " " * (len(mark) > 1)
    return f"{mark}{pad}{text}{pad}{mark}"


class MarkdownRenderer:
    """The format `markdown`, in the flavour of GitHub."""

    name = "markdown"
    suffix = ".md"
    shows_comparison = True

    def render(self, run: Run, context: ReportContext) -> str:
        """Write the whole report, also where a brief one is enough."""
        return "\n".join(render_markdown_lines(build_report(run, context.comparison, context.folder))) + "\n"


MARKDOWN: Renderer = MarkdownRenderer()
