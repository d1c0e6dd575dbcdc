"""Reports for pull requests, step summaries and documentation."""

import re
from collections.abc import Iterator

from gradcheck.report.content import Block, Report, Table


def render(report: Report) -> str:
    """The whole report, the answer first."""
    return "\n".join(lines(report)) + "\n"


def lines(report: Report) -> Iterator[str]:
    """Every line."""
    yield from ("# gradcheck", "", f"**{escaped(report.answer)}**")
    if report.table.rows:
        yield from ("", table(report.table))
    for title, blocks in (("Failures", report.failures), ("Not failures, but worth a look", report.others)):
        if blocks:
            yield from ("", f"## {title}")
        for block in blocks:
            yield from ("", *block_lines(block))
    if report.regressions:
        yield from ("", "## Regressions", "", table(report.regressions))
    if report.notes:
        yield from ("", "## Notes", "", *(f"- {escaped(note)}" for note in report.notes))


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return re.sub(r"([\\`*_<|])", r"\\\1", " ".join(text.split()))


def table(content: Table) -> str:
    """A pipe table; tabulate leaves the bars in its cells alone, so they are escaped here."""
    from tabulate import tabulate  # noqa: PLC0415

    rows = [[escaped(cell) for cell in row] for row in content.rows]
    return tabulate(rows, [escaped(h) for h in content.headings], tablefmt="github", disable_numparse=True)


def block_lines(block: Block) -> Iterator[str]:
    """One finding."""
    yield from (f"### {escaped(block.title)}", "", *(f"- {escaped(text)}" for text in block.lines))
    if block.code:
        yield from ("", "Counterexample, ready to paste:", "", "```python", block.code, "```")
    if block.replay:
        yield from ("", f"Replay: `{block.replay}`")
