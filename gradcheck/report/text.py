"""Reports for the terminal."""

import textwrap
from collections.abc import Iterator

from gradcheck.report.content import Block, Report, Table

WIDTH = 120


def render(report: Report) -> str:
    """The whole report, the answer first."""
    return "\n".join(lines(report)) + "\n"


def brief(report: Report) -> str:
    """The answer, and the claim of each finding."""
    return "\n".join([report.answer, *(block.title for block in (*report.failures, *report.others))]) + "\n"


def lines(report: Report) -> Iterator[str]:
    """Every line."""
    yield report.answer
    if report.table.rows:
        yield from ("", table(report.table))
    for title, blocks in (("Failures", report.failures), ("Not failures, but worth a look", report.others)):
        if blocks:
            yield from ("", title)
        for block in blocks:
            yield from ("", *block_lines(block))
    if report.regressions:
        yield from ("", "Regressions", "", table(report.regressions))
    if report.notes:
        yield from ("", "Notes", *(line for note in report.notes for line in wrapped(note)))


def table(content: Table) -> str:
    """Columns under headings, numbers as they are written."""
    from tabulate import tabulate  # noqa: PLC0415

    return tabulate(content.rows, content.headings, tablefmt="simple", disable_numparse=True)


def block_lines(block: Block) -> Iterator[str]:
    """One finding."""
    yield block.title
    yield from (line for text in block.lines for line in wrapped(text))
    if block.code:
        yield "  counterexample, ready to paste:"
        yield textwrap.indent(block.code, "      ")
    if block.replay:
        yield f"  replay: {block.replay}"


def wrapped(text: str) -> list[str]:
    """Indented by two, and by four where it goes on."""
    flow = textwrap.TextWrapper(WIDTH, "  ", "    ", break_long_words=False, break_on_hyphens=False)
    return flow.wrap(text)
