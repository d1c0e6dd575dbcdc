"""The catalogue of causes: a page for each, read from a file once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CATALOGUE_FILE = Path(__file__).with_name("catalogue.toml")
AS_WRITTEN = ("mistake", "right", "formula")
"""The parts of a page whose spaces and line breaks count."""


@dataclass(frozen=True)
class CausePage:
    """What a person reads of one cause.

    name: by which findings refer to it.  title: the mistake in a few words.  mistake, right: Python of a few lines, an
    example.  formula: that of the example.  why: what is wrong with it.  shows: how the result looks, and where it is
    right by chance.  apart: the causes that look alike, in backquotes, and what tells them apart.
    """

    name: str
    title: str
    mistake: str
    right: str
    formula: str
    why: str
    shows: str
    apart: str


@cache
def load_catalogue() -> Mapping[str, CausePage]:
    """Load the pages by name, in the order of their file.  Raises TypeError where a page lacks a part, or has one that
    does not exist."""
    tables = tomllib.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))
    return {name: read_cause_page(name, table) for name, table in tables.items()}


def read_cause_page(name: str, table: Mapping[str, str]) -> CausePage:
    """Read one page; line breaks count in Python and formulas alone."""
    parts = {part: text.strip("\n") if part in AS_WRITTEN else " ".join(text.split()) for part, text in table.items()}
    return CausePage(name, **parts)


def search_catalogue(text: str) -> tuple[CausePage, ...]:
    """Find the pages that have a text in their name or title, in letters of either case; where none has, those that
    have it elsewhere."""
    wanted, pages = text.lower(), load_catalogue().values()
    titled = [page for page in pages if wanted in f"{page.name}\n{page.title}".lower()]
    return tuple(titled or (page for page in pages if wanted in "\n".join(list_page_texts(page)).lower()))


def list_page_texts(page: CausePage) -> tuple[str, ...]:
    """List what a page says, without what it says of other causes."""
    return page.name, page.title, page.mistake, page.right, page.formula, page.why, page.shows
