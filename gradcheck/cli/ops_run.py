"""The command `gradcheck ops`: the ops of the library, what others call them, and what of other libraries is here."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cli.files import emit_report, require_writable

if TYPE_CHECKING:
    from gradcheck.declaration.op import Op
    from gradcheck.report.content import Table
    from gradcheck.report.screen import Screen


@dataclass(frozen=True)
class OpsRequest:
    """The argument and the options of `gradcheck ops`, by their names."""

    text: str | None
    families: tuple[str, ...]
    alias: str | None
    coverage: bool
    exceptions: bool
    form: str
    output: Path | None
    verbose: bool


def run_ops(request: OpsRequest) -> int:
    """List ops, or what of other libraries is here, and return the exit code.  Raises UsageError."""
    from gradcheck.report.screen import PAPER, find_screen

    if clash := explain_misuse(request):
        from gradcheck.running.session import UsageError

        raise UsageError(clash)
    require_writable(request.output)
    screen = PAPER if request.output else find_screen(sys.stdout)
    emit_report(render_coverage(request, screen) if request.coverage else render_ops(request, screen), request.output)
    return 0


def explain_misuse(request: OpsRequest) -> str:
    """Say which options make no sense together, "" where all do."""
    asked = [option for option in ("alias", "coverage", "exceptions") if getattr(request, option) not in (None, False)]
    if len(asked) > 1:
        return f"--{asked[0]} and --{asked[1]} are two lists; ask for one"
    if (request.text or request.families) and (request.alias is not None or request.coverage):
        return f"TEXT and --family choose among all ops; leave them out with --{asked[0]}"
    if request.verbose and not request.coverage:
        return "--verbose is for --coverage; leave it out"
    return ""


def render_coverage(request: OpsRequest, screen: "Screen") -> str:
    """Write what of other libraries is here."""
    from gradcheck.discovery.library import load_library_ops
    from gradcheck.discovery.peers import measure_coverage
    from gradcheck.report.peer_coverage import render_coverage_page, render_coverage_text

    coverages = measure_coverage(load_library_ops())
    if request.form == "markdown":
        return render_coverage_page(coverages)
    return render_coverage_text(coverages, screen, request.verbose)


def render_ops(request: OpsRequest, screen: "Screen") -> str:
    """Write the table of the ops that are asked for.  Raises UsageError where there is none."""
    from gradcheck.report.markdown import render_markdown_table
    from gradcheck.report.text import render_text_table

    table = tabulate_request(request)
    if not table.rows:
        return "no exceptions\n"
    render = render_markdown_table if request.form == "markdown" else partial(render_text_table, screen=screen)
    return render(table) + "\n"


def tabulate_request(request: OpsRequest) -> "Table":
    """Tabulate the ops that are asked for.  Raises UsageError where there is none."""
    from gradcheck.discovery.library import load_library_ops
    from gradcheck.report import listing

    if request.alias is not None:
        return tabulate_alias(load_library_ops(), request.alias)
    ops = select_by_text(select_families(load_library_ops(), request.families), request.text or "")
    return listing.tabulate_exceptions(ops) if request.exceptions else listing.tabulate_ops(ops)


def tabulate_alias(ops: "Sequence[Op]", alias: str) -> "Table":
    """Tabulate the ops that some library calls by a name.  Raises UsageError where there is none."""
    from gradcheck.report.listing import tabulate_called_ops

    table = tabulate_called_ops(ops, alias)
    if not table.rows:
        from gradcheck.running.session import UsageError

        raise UsageError(explain_unknown_alias(ops, alias))
    return table


def explain_unknown_alias(ops: "Sequence[Op]", alias: str) -> str:
    """Say that no library calls an op here by a name; whether one here has it, who has it in its list, or which are
    near."""
    from gradcheck.discovery.peers import list_aliases, list_peers_with
    from gradcheck.spelling import suggest_name

    said = f"no op here is called {alias!r} by another library"
    if own := [op.name for op in ops if op.name.lower() == alias.lower()]:
        return f"{said}; {own[0]!r} is the name of an op here: gradcheck show {own[0]}"
    if peers := list_peers_with(alias):
        return f"{said}, and it is in the list of {', '.join(peers)}: `gradcheck ops --coverage` says what is here"
    names = {name for op in ops for _, name in list_aliases(op)}
    return f"{said}; {suggest_name(alias, sorted(names), most=3)}`gradcheck ops TEXT` looks for parts of names"


def select_families(ops: "Sequence[Op]", families: Sequence[str]) -> "list[Op]":
    """Select the ops of some families, all where none is named.  Raises UsageError for one that does not exist."""
    if families:
        from gradcheck.running.session import require_known_names

        require_known_names(families, list(dict.fromkeys(op.family for op in ops)), "family")
    return [op for op in ops if op.family in families or not families]


def select_by_text(ops: "Sequence[Op]", text: str) -> "list[Op]":
    """Select the ops that have a text in their name, formula, source or aliases, in letters of either case.  Raises
    UsageError where none has."""
    found = [op for op in ops if text.lower() in describe_searched_text(op).lower()]
    if not found:
        from gradcheck.running.session import UsageError
        from gradcheck.spelling import suggest_name

        near = suggest_name(text, [op.name for op in ops], most=3)
        raise UsageError(
            f"no op has {text!r} in its name, formula, source or aliases; {near}`gradcheck ops` lists them all"
        )
    return found


def describe_searched_text(op: "Op") -> str:
    """Return what a text is looked for in: a line for the name, the formula, the source and each alias."""
    aliases = (f"{library} {names}" for library, names in op.aliases.items())
    return "\n".join([op.name, op.summary, op.source, *aliases])
