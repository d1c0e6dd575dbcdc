"""The command `gradcheck explain`: the causes that findings name, and the page of each."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cli.files import emit_report, require_writable

if TYPE_CHECKING:
    from gradcheck.causes.catalogue import CausePage
    from gradcheck.report.screen import Screen


def run_explain(name: str | None, form: str, output: Path | None) -> int:
    """Show the page of a cause, or a list of causes, and return the exit code.  Raises UsageError."""
    from gradcheck.report.screen import PAPER, find_screen

    require_writable(output)
    screen = PAPER if output else find_screen(sys.stdout)
    emit_report(render_explanation(name, form, screen), output)
    return 0


def render_explanation(name: str | None, form: str, screen: "Screen") -> str:
    """Write the page of the cause of a name, else the list of those that have it in their text; without a name the list
    of all, which in Markdown is all pages.  Raises UsageError where no cause has it."""
    from gradcheck.causes.catalogue import load_catalogue
    from gradcheck.report import cause_page

    pages = select_pages(name or "")
    if len(pages) == 1:
        (page,) = pages
        return (
            cause_page.render_cause_markdown(page) if form == "markdown" else cause_page.render_cause_text(page, screen)
        )
    if form == "markdown" and len(pages) == len(load_catalogue()):
        return cause_page.render_causes_page(pages)
    return render_cause_list(pages, form, screen)


def select_pages(name: str) -> "Sequence[CausePage]":
    """Select the page of this name, else those that have it in their text, all for "".  Raises UsageError where none
    has, with the nearest names."""
    from gradcheck.causes.catalogue import load_catalogue, search_catalogue

    catalogue = load_catalogue()
    if name.lower() in catalogue:
        return (catalogue[name.lower()],)
    if found := search_catalogue(name):
        return found
    from gradcheck.running.session import UsageError
    from gradcheck.spelling import suggest_name

    near = suggest_name(name, catalogue, most=3)
    raise UsageError(
        f"there is no cause {name!r}, and none has it in its text; {near}`gradcheck explain` lists them all"
    )


def render_cause_list(pages: "Sequence[CausePage]", form: str, screen: "Screen") -> str:
    """Write the names and titles of causes, and how to see one."""
    from gradcheck.report.cause_page import tabulate_causes
    from gradcheck.report.markdown import render_markdown_table
    from gradcheck.report.text import render_text_table

    render = render_markdown_table if form == "markdown" else partial(render_text_table, screen=screen)
    told = (
        "`gradcheck explain NAME` shows the page of one."
        if form == "markdown"
        else "gradcheck explain NAME shows the page of one."
    )
    return f"{render(tabulate_causes(pages))}\n\n{told}\n"
