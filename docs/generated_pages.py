"""The pages and pictures of the site that are made from the code: laws, causes, settings, exit codes, explanations."""

import os
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from tabulate import tabulate

from gradcheck.causes.catalogue import load_catalogue
from gradcheck.cli.commands import main
from gradcheck.cli.errors import EXIT_CODES
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws.law import Law
from gradcheck.laws.registry import load_laws
from gradcheck.pytest_plugin.check_options import OPTION_NAMES
from gradcheck.pytest_plugin.options import CHECK_OPTIONS, RUN_OPTIONS
from gradcheck.report.cause_page import render_cause_markdown
from gradcheck.report.markdown import escape_markdown
from gradcheck.running.settings import SETTING_KEYS

PICTURES = ("error_bars", "kinks", "rounding", "search", "vote")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)#]+)\)")
OTHER_NAMES = {"laws": "only"}
"""Options of pytest that have another name than the key."""


def write_generated_pages(docs: Path) -> None:
    """Write all of them into the folder `generated` of the documentation."""
    folder = docs / "generated"
    for path, text in (*list_pages(), ("contributing.md", move_contributing_page(docs))):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    draw_pictures(folder / "pictures")


WITHOUT_OPTION = {
    "ops": "what is checked",
    "regression": "by which rule an error has regressed, of all ops and of single ones ([how](../regressions.md))",
}
"""What the keys mean for which no option has a help."""


def list_pages() -> Iterator[tuple[str, str]]:
    """List the pages that come from the package: path and text."""
    yield from ((f"laws/{law.name}.md", write_law_page(law)) for law in load_laws().values())
    yield from ((f"causes/{page.name}.md", render_cause_markdown(page)) for page in load_catalogue().values())
    yield "settings-table.md", write_table(("key", "means", "wants", "pytest", "marker, call"), list_settings())
    yield "exit-code-table.md", write_table(("exit code", "means"), EXIT_CODES.items())


def write_table(headings: tuple[str, ...], rows: object) -> str:
    """Write a table in Markdown."""
    return tabulate(rows, headings, tablefmt="github", disable_numparse=True) + "\n"


def list_settings() -> Iterator[tuple[str, ...]]:
    """List the keys of the table of settings: what each means and wants, and what overrides it."""
    helps = {parameter.name: getattr(parameter, "help", "") for parameter in main.commands["check"].params}
    options = CHECK_OPTIONS | RUN_OPTIONS
    for key, setting in SETTING_KEYS.items():
        name = OTHER_NAMES.get(key, key)
        option = f"`--gradcheck-{name}`" if name in options else ""
        means = options[name]["help"] if name in options else helps.get(setting.parameter) or WITHOUT_OPTION[key]
        argument = f"`{setting.parameter}=`" if setting.parameter in OPTION_NAMES else ""
        yield f"`{key}`", means, setting.expected_value, option, argument
    keys = {OTHER_NAMES.get(key, key) for key in SETTING_KEYS}
    yield from (("", how["help"], "", f"`--gradcheck-{name}`", "") for name, how in options.items() if name not in keys)


def write_law_page(law: Law) -> str:
    """Write the page of a law: what it states and why, and which ops of the library depart from it."""
    parts = [
        f"# {law.name}",
        law.statement,
        f"**Why.** {law.rationale}",
        "Findings of other laws may follow from a finding of this one." if law.is_structural else "",
        f'An op that lawfully departs from it says so, and why: `exceptions={{"{law.name}": "…"}}`. '
        f'`--law {law.name}` checks it alone; `skip = ["{law.name}"]` leaves it out.',
        write_departures(law),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def write_departures(law: Law) -> str:
    """Write a table of the ops of the library that declare a departure from a law, and why; "" where none does."""
    ops = [op for op in load_library_ops() if law.name in op.exceptions]
    rows = [(f"`{op.name}`", escape_markdown(op.exceptions[law.name])) for op in ops]
    return "Ops of the library that depart from it:\n\n" + write_table(("op", "why"), rows) if rows else ""


def write_cause_index() -> str:
    """Write the page that lists the pages of all causes."""
    told = "The mistakes that gradcheck names, a page each. `gradcheck explain NAME` shows a page in the terminal."
    pages = load_catalogue()
    listed = "\n".join(f"* [{n}](generated/causes/{n}.md): {escape_markdown(page.title)}" for n, page in pages.items())
    tree = "\n".join(f"generated/causes/{name}" for name in pages)
    return f"# Causes\n\n{told}\n\n{listed}\n\n```{{toctree}}\n:hidden:\n\n{tree}\n```\n"


def move_contributing_page(docs: Path) -> str:
    """Write CONTRIBUTING.md as a page of the folder `generated`."""
    text = (docs.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return adapt_links(text, docs, docs.parent, docs / "generated")


def adapt_links(text: str, docs: Path, source: Path, page: Path | None = None) -> str:
    """Write links that lead to no page as code, since the site holds the documentation alone.

    source: the folder from which links are meant.  page: that in which the text will be, where it is another.
    """

    def adapt(link: re.Match[str]) -> str:
        path = (source / link[2]).resolve()
        if path == docs.parent / "CONTRIBUTING.md":
            path = docs / "generated" / "contributing.md"
        if not path.is_relative_to(docs):
            return link[1] if link[1].startswith("`") else f"`{link[1]}`"
        return f"[{link[1]}]({os.path.relpath(path, page or source)})"

    return LINK.sub(adapt, text)


def draw_pictures(folder: Path) -> None:
    """Draw the pictures as SVG; the same bytes each time."""
    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "gradcheck"
    folder.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        figure = import_module(f"pictures.{name}").draw()
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
        plt.close(figure)
