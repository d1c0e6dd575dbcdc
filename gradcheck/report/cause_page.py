"""The pages of causes: one as text or Markdown, their list, and the page of the documentation that holds all."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from gradcheck.causes.catalogue import CausePage
from gradcheck.report.content import Table
from gradcheck.report.markdown import escape_markdown, fence_code, quote_code
from gradcheck.report.screen import PAPER, Screen
from gradcheck.report.text import LINE_WIDTH

TITLE_WIDTH = 12
"""Characters of the titles in a page, with the space behind them."""
CAUSES_COMMAND = "gradcheck explain --format markdown -o docs/causes.md"
"""The command that writes the page of the documentation."""


def tabulate_causes(pages: Iterable[CausePage]) -> Table:
    """Tabulate causes: name and title."""
    return Table(("name", "cause"), tuple((page.name, page.title) for page in pages), cut_last=("name",))


def render_cause_text(page: CausePage, screen: Screen = PAPER) -> str:
    """Write the page of a cause for a terminal: its parts beside their titles.  Python stays in its lines."""
    lines = [f"{page.name}: {page.title}", ""]
    for title, code in (("wrong", page.mistake), ("right", page.right)):
        lines += set_beside(title, code.split("\n"))
    for title, text in (("formula", page.formula), *list_cause_parts(page)):
        lines += set_beside(title, wrap_column(text, screen.width))
    return "\n".join(lines) + "\n"


def list_cause_parts(page: CausePage) -> tuple[tuple[str, str], ...]:
    """List the paragraphs of a page below its formula, each with its title."""
    return ("why", page.why), ("it shows", page.shows), ("told from", page.apart)


def set_beside(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Write a title, and lines in a column beside it."""
    yield from (f"  {title if i == 0 else '':<{TITLE_WIDTH}}{line}".rstrip() for i, line in enumerate(lines))


def wrap_column(text: str, width: int | None) -> list[str]:
    """Wrap text to what a screen, of LINE_WIDTH at most, leaves beside the titles."""
    left = max(min(width or LINE_WIDTH, LINE_WIDTH) - TITLE_WIDTH - 2, TITLE_WIDTH)
    return textwrap.wrap(text, left, break_long_words=False, break_on_hyphens=False)


def render_cause_markdown(page: CausePage) -> str:
    """Write the page of a cause in Markdown."""
    return "\n".join(list_cause_lines(page, "#")) + "\n"


def render_causes_page(pages: Iterable[CausePage]) -> str:
    """Write the page of the documentation: a section for each cause, and what the page is."""
    told = (
        f"The mistakes that gradcheck names, each with an example. {quote_code('gradcheck explain NAME')} shows one of",
        "these sections, NAME being that of a finding's line `more:`.",
        f"{quote_code(CAUSES_COMMAND)} writes this page.",
    )
    sections = (line for page in pages for line in ("", *list_cause_lines(page, "##")))
    return "\n".join(["# Causes", "", *told, *sections]) + "\n"


def list_cause_lines(page: CausePage, mark: str) -> Iterator[str]:
    """Write the lines of a page in Markdown.  mark: that of its heading."""
    yield from (f"{mark} {escape_markdown(page.name)}", "", f"**{escape_markdown(page.title)}**", "")
    yield from fence_code(f"# wrong\n{page.mistake}\n# right\n{page.right}")
    yield from ("", f"{quote_code(page.formula)}", "")
    yield from (f"- {title}: {escape_around_code(text)}" for title, text in list_cause_parts(page))


def escape_around_code(text: str) -> str:
    """Escape text for Markdown, but for what stands between backquotes."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(part if i % 2 else escape_words(part) for i, part in enumerate(parts))


def escape_words(text: str) -> str:
    """Escape a part of a line with the spaces around it."""
    left, right = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{left}{escape_markdown(text)}{right}" if text.strip() else text
