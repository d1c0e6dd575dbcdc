"""What of the lists of other libraries is in this one: as text, and as a page of Markdown."""

import textwrap
from collections.abc import Iterator, Sequence

from gradcheck.discovery.peers import Coverage, Peer
from gradcheck.formatting import pluralise
from gradcheck.report.content import NO_VALUE, Table
from gradcheck.report.markdown import escape_markdown, quote_code, render_markdown_table
from gradcheck.report.screen import GAP, PAPER, Screen, measure_width
from gradcheck.report.text import LINE_WIDTH, render_text_list, render_text_table

HEADINGS = ("library", "here", "in its list", "missing")
SHORT_LINES = 2
"""Lines of missing names that a text shows of each peer, where not all are asked for."""
LEAST_NAMES_WIDTH = 16
"""Characters of such a line on the narrowest screen."""
COVERAGE_COMMAND = "gradcheck ops --coverage --format markdown -o docs/coverage.md"
"""The command that writes the page of the documentation."""


def render_coverage_text(coverages: Sequence[Coverage], screen: Screen = PAPER, verbose: bool = False) -> str:
    """Write a table with some of the missing names of each peer.  verbose: with all of them, and what each list is."""
    counts = [count_names(one) for one in coverages]
    taken = measure_width(Table(HEADINGS[:-1], tuple(counts))) + GAP
    width = max((screen.width or LINE_WIDTH) - taken, LEAST_NAMES_WIDTH)
    rows: list[tuple[str, ...]] = []
    for one, count in zip(coverages, counts, strict=True):
        first, *others = wrap_names(one.missing, width) if verbose else shorten_names(one.missing, width)
        rows += [(*count, first), *(("", "", "", line) for line in others)]
    lines = [render_text_table(Table(HEADINGS, tuple(rows)), screen)]
    lines += render_text_list("Lists", (describe_list(one.peer) for one in coverages) if verbose else ())
    return "\n".join(lines) + "\n"


def render_coverage_page(coverages: Sequence[Coverage]) -> str:
    """Write the page of the documentation: a table of counts, and for each peer what its list is, which names of it are
    here, and which are missing."""
    told = (
        "What of other libraries is in this one, by the names that its ops are declared to have there.",
        f"{quote_code('gradcheck ops --alias InnerProduct')} finds an op by such a name.",
        f"{quote_code(COVERAGE_COMMAND)} writes this page.",
    )
    table = render_markdown_table(Table(HEADINGS[:-1], tuple(map(count_names, coverages))))
    sections = (line for one in coverages for line in list_section_lines(one))
    return "\n".join(["# Coverage", "", *told, "", table, *sections]) + "\n"


def list_section_lines(coverage: Coverage) -> Iterator[str]:
    """Write the section of one peer."""
    yield from (
        "",
        f"## {escape_markdown(coverage.peer.name)}",
        "",
        *wrap_page(escape_markdown(describe_list(coverage.peer))),
    )
    for title, names in (("Here", coverage.here), ("Missing", coverage.missing)):
        yield from ("", *wrap_page(f"{title}: {', '.join(map(escape_markdown, names)) or NO_VALUE}"))


def wrap_page(text: str) -> list[str]:
    """Wrap Markdown to the lines of a page."""
    return textwrap.wrap(text, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)


def count_names(coverage: Coverage) -> tuple[str, str, str]:
    """Name a peer, and count the names that are here and in its list."""
    return coverage.peer.name, str(len(coverage.here)), str(len(coverage.peer.names))


def wrap_names(names: Sequence[str], width: int, more: int = 0) -> list[str]:
    """Write names in lines of a width.  more: how many others there are."""
    said = ", ".join(names) + f" and {more} more" * bool(more)
    return textwrap.wrap(said, width, break_long_words=False, break_on_hyphens=False) or [NO_VALUE]


def shorten_names(names: Sequence[str], width: int) -> list[str]:
    """Write names in SHORT_LINES lines, as many as fit, and how many others there are."""
    for shown in range(len(names), 0, -1):
        lines = wrap_names(names[:shown], width, len(names) - shown)
        if len(lines) <= SHORT_LINES:
            return lines
    return [pluralise(len(names), "name")] if names else [NO_VALUE]


def describe_list(peer: Peer) -> str:
    """Describe the list of a peer: what it holds, the version that was read, and where."""
    return f"{peer.name} {peer.version}: {peer.listed}. Source: {peer.source}."
