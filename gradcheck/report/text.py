"""Reports for the terminal."""

import textwrap
from collections.abc import Iterable, Iterator

from gradcheck.declaration.op import Script
from gradcheck.records.results import Finding
from gradcheck.report.content import Block, Report, Table, build_block

LINE_WIDTH = 120


def render(report: Report) -> str:
    """The whole report, the answer first."""
    return "\n".join(render_text_lines(report)) + "\n"


def render_brief(report: Report) -> str:
    """The answer, and the claim of each finding."""
    return "\n".join([report.answer, *(found.title for found in (*report.failures, *report.others))]) + "\n"


def render_text_lines(report: Report) -> Iterator[str]:
    """Every line."""
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
    """Columns under headings, numbers as they are written."""
    from tabulate import tabulate  # noqa: PLC0415

    return tabulate(content.rows, content.headings, tablefmt="simple", disable_numparse=True)


def render_text_block(content: Block) -> Iterator[str]:
    """One finding."""
    yield content.title
    yield from (line for text in content.lines for line in wrap_indented(text))
    if content.code:
        yield "  counterexample, ready to paste:"
        yield textwrap.indent(content.code, "      ")
    if content.replay:
        yield f"  replay: {content.replay}"


def render_findings(findings: Iterable[Finding], script: Script | None = None) -> str:
    """Findings of functions that no target names, one after the other.  script: how they are called."""
    return "\n\n".join("\n".join(render_text_block(build_block(finding, script=script))) for finding in findings)


def wrap_indented(text: str) -> list[str]:
    """Indented by two, and by four where it goes on."""
    flow = textwrap.TextWrapper(LINE_WIDTH, "  ", "    ", break_long_words=False, break_on_hyphens=False)
    return flow.wrap(text)
