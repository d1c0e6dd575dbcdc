"""Lists of the library's ops and of the laws: tables, and text."""

import textwrap
from collections.abc import Iterable

from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.discovery.peers import list_callers
from gradcheck.laws.registry import load_laws
from gradcheck.report import text
from gradcheck.report.content import NO_VALUE, Table


def tabulate_ops(ops: Iterable[Op]) -> Table:
    """Tabulate ops: name, family, formula, inputs, source, and convention at kinks."""
    rows = (
        (op.name, op.family, op.summary, describe_input_shapes(op), op.source, op.convention or NO_VALUE) for op in ops
    )
    headings = ("name", "family", "formula", "inputs", "source", "kinks")
    return Table(headings, tuple(rows), ("source", "kinks"), cut_last=("name", "family"))


def describe_input_shapes(op: Op) -> str:
    """Describe the inputs as they are declared: x (N D), several xs (*A)."""
    declared = op.inputs.items()
    several = ((name, a.array, "several ") if isinstance(a, Several) else (name, a, "") for name, a in declared)
    return ", ".join(f"{many}{name} ({array.shape})" for name, array, many in several)


def tabulate_exceptions(ops: Iterable[Op]) -> Table:
    """Tabulate the laws that each op is declared to depart from, with the reasons."""
    rows = tuple((op.name, law, reason) for op in ops for law, reason in op.exceptions.items())
    return Table(("name", "law", "reason"), rows, cut_last=("name", "law"))


def tabulate_called_ops(ops: Iterable[Op], alias: str) -> Table:
    """Tabulate the ops that some library calls by a name, with the libraries that do."""
    rows = (
        (op.name, op.family, ", ".join(libraries), op.summary) for op in ops if (libraries := list_callers(op, alias))
    )
    return Table(
        ("name", "family", "called so by", "formula"), tuple(rows), ("family",), cut_last=("name", "called so by")
    )


def describe_laws() -> str:
    """Describe each law: its name, its statement, and why it matters."""
    wrap = textwrap.TextWrapper(text.LINE_WIDTH, initial_indent="  ", subsequent_indent="  ")
    entries = (
        "\n".join([law.name, *wrap.wrap(law.statement), *wrap.wrap(f"Why: {law.rationale}")])
        for law in load_laws().values()
    )
    return "\n\n".join(entries)
