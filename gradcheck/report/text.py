"""Reports for the terminal."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gradcheck.checking.baseline import Comparison, ErrorChange
from gradcheck.declaration.origin import Script
from gradcheck.escaping import escape_lines, escape_unprintable
from gradcheck.records.results import Finding, Run
from gradcheck.records.status import FAILING_STATUSES, UNDECIDED_STATUSES, Status
from gradcheck.report.answer import compose_comparison_answer
from gradcheck.report.content import (
    BESIDE_TITLE,
    Block,
    CodeChange,
    Report,
    Table,
    build_folded_block,
    build_report,
    describe_comparison,
    fold_findings,
    tabulate_changes,
)
from gradcheck.report.context import ReportContext
from gradcheck.report.heat_map import describe_picture, draw_heat_map
from gradcheck.report.renderer import Renderer
from gradcheck.report.screen import PAPER, Screen, narrow_table

LINE_WIDTH = 120
DEEP = "      "
"""What stands before a line of code."""
SHOWN = "    "
"""What stands before a line of a patch or of a picture."""

RED, GREEN, YELLOW = 31, 32, 33
STATUS_COLOURS = {
    **dict.fromkeys(FAILING_STATUSES, RED),
    **dict.fromkeys((*UNDECIDED_STATUSES, Status.WARNING), YELLOW),
    Status.PASSED: GREEN,
}
"""The colour of a status, as a number of the sequences of ANSI."""


def render_brief_lines(report: Report) -> Iterator[str]:
    """Write the answer, and the claim of each finding."""
    yield escape_unprintable(report.answer)
    yield from (escape_unprintable(block.title) for _, blocks in report.sections for block in blocks)


def render_text_lines(report: Report, screen: Screen = PAPER, verbose: bool = False) -> Iterator[str]:
    """Write every line, the answer first.  verbose: also what was looked at in each op."""
    yield escape_unprintable(report.answer)
    yield from filter(None, [escape_unprintable(report.searched)])
    if report.table.rows:
        yield from ("", render_text_table(report.table, screen))
    yield from render_text_list("Searched", report.searched_by_op if verbose else ())
    yield from render_text_list("Not checked", report.not_checked)
    for title, found in report.sections:
        yield from ("", title)
        for one in found:
            yield from ("", *render_text_block(one, screen))
    if report.regressions:
        yield from ("", "Regressions", "", render_text_table(report.regressions, screen))
    yield from render_text_list(BESIDE_TITLE, report.beside)
    yield from render_text_list("Notes", report.notes)


def render_text_list(title: str, items: Iterable[str]) -> Iterator[str]:
    """Write a title and its items, a paragraph for each; nothing where there is no item."""
    lines = [line for item in items for line in wrap_indented(item)]
    if lines:
        yield from ("", title, *lines)


def render_text_table(content: Table, screen: Screen = PAPER) -> str:
    """Align cells in columns under headings; numbers stay as they are written.

    screen: a row is never longer than its lines; what is left out for that is said below the table.
    """
    from tabulate import tabulate

    rows = tuple(tuple(map(escape_unprintable, row)) for row in content.rows)
    table, left_out = narrow_table(replace(content, rows=rows), screen.width)
    shown = [colour_statuses(row, table.headings) for row in table.rows] if screen.colour else table.rows
    text = tabulate(shown, table.headings, tablefmt="simple", disable_numparse=True)
    if not left_out:
        return text
    said = f"(left out, for {screen.width} columns: {', '.join(left_out)})"
    return "\n".join([text, *textwrap.wrap(said, screen.width or LINE_WIDTH)])


def colour_statuses(row: tuple[str, ...], headings: tuple[str, ...]) -> tuple[str, ...]:
    """Colour the cell under the heading "status"."""
    return tuple(
        f"\x1b[{STATUS_COLOURS[Status(cell)]}m{cell}\x1b[0m" if heading == "status" and cell in STATUS_COLOURS else cell
        for heading, cell in zip(headings, row, strict=True)
    )


def render_text_block(content: Block, screen: Screen = PAPER) -> Iterator[str]:
    """Write the block of one finding."""
    yield escape_unprintable(content.title)
    if content.cause:
        yield from wrap_indented(f"cause: {content.cause}")
    if content.change:
        yield from render_code_change(content.change, screen)
    yield from (line for text in content.lines for line in wrap_indented(text))
    if content.picture:
        width = None if screen.width is None else screen.width - len(SHOWN)
        yield f"  picture: {describe_picture(content.picture)}"
        yield from (SHOWN + line for line in draw_heat_map(content.picture, width, screen.colour))
    if content.code:
        yield "  counterexample, ready to paste:"
        yield textwrap.indent(escape_lines(content.code), DEEP)
    if content.replay:
        yield f"  replay: {escape_unprintable(content.replay)}"


def render_code_change(change: CodeChange, screen: Screen) -> Iterator[str]:
    """Write a patch: where it is, how often it was right, and the line before and after it."""
    yield from wrap_indented(f"patch: {change.place} ({change.tried})")
    for mark, code, colour in (("-", change.before, RED), ("+", change.after, GREEN)):
        line = f"{mark} {escape_unprintable(code)}"
        yield SHOWN + (f"\x1b[{colour}m{line}\x1b[0m" if screen.colour else line)


def render_comparison(comparison: Comparison, screen: Screen = PAPER) -> str:
    """Write the comparison of two runs, the answer first, then the errors that changed."""
    lines = [compose_comparison_answer(comparison)]
    if rows := comparison.changed(*(change for change in ErrorChange if change is not ErrorChange.SAME)):
        lines += ["", render_text_table(tabulate_changes(rows), screen)]
    lines += render_text_list(BESIDE_TITLE, describe_comparison(comparison))
    return "\n".join(lines) + "\n"


def render_findings(findings: Iterable[Finding], script: Script | None = None) -> str:
    """Write the findings of functions that no target names.  script: how these are called."""
    blocks = (build_folded_block(one, None, None, script) for one in fold_findings(findings))
    return "\n\n".join("\n".join(render_text_block(block)) for block in blocks)


def wrap_indented(text: str) -> list[str]:
    """Wrap text to LINE_WIDTH, the first line indented by two spaces, the others by four."""
    flow = textwrap.TextWrapper(LINE_WIDTH, "  ", "    ", break_long_words=False, break_on_hyphens=False)
    return flow.wrap(escape_unprintable(text))


@dataclass(frozen=True)
class TextRenderer:
    """The format `text`, for a terminal or a file.  verbose: says also what was looked at in each op."""

    screen: Screen = PAPER
    verbose: bool = False

    name = "text"
    suffix = ".txt"
    shows_comparison = True

    def render(self, run: Run, context: ReportContext) -> str:
        """Write the report, the answer first; a brief one is the answer and the claims."""
        report = build_report(run, context.comparison, context.folder)
        lines = render_brief_lines(report) if context.brief else render_text_lines(report, self.screen, self.verbose)
        return "\n".join(lines) + "\n"


TEXT: Renderer = TextRenderer()
