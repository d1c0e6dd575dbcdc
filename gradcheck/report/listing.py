"""Lists of the library's ops and of the laws, as text."""

import textwrap

from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws.registry import load_laws
from gradcheck.report import text
from gradcheck.report.content import NO_VALUE, Table
from gradcheck.report.screen import PAPER, Screen


def tabulate_library(screen: Screen = PAPER) -> str:
    """Tabulate the ops: name, family, formula, inputs, source, and convention at kinks."""
    rows = (
        (op.name, op.family, op.summary, describe_input_shapes(op), op.source, op.convention or NO_VALUE)
        for op in load_library_ops()
    )
    headings = ("name", "family", "formula", "inputs", "source", "kinks")
    return text.render_text_table(Table(headings, tuple(rows), ("source", "kinks", "inputs", "family")), screen)


def describe_input_shapes(op: Op) -> str:
    """Describe the inputs as they are declared: x (N D), several xs (*A)."""
    declared = op.inputs.items()
    several = ((name, a.array, "several ") if isinstance(a, Several) else (name, a, "") for name, a in declared)
    return ", ".join(f"{many}{name} ({array.shape})" for name, array, many in several)


def tabulate_exceptions(screen: Screen = PAPER) -> str:
    """Tabulate the laws that each op is declared to depart from, with the reasons."""
    rows = tuple((op.name, law, reason) for op in load_library_ops() for law, reason in op.exceptions.items())
    return text.render_text_table(Table(("name", "law", "reason"), rows), screen) if rows else "no exceptions"


def describe_laws() -> str:
    """Describe each law: its name, its statement, and why it matters."""
    wrap = textwrap.TextWrapper(text.LINE_WIDTH, initial_indent="  ", subsequent_indent="  ")
    entries = (
        "\n".join([law.name, *wrap.wrap(law.statement), *wrap.wrap(f"Why: {law.rationale}")])
        for law in load_laws().values()
    )
    return "\n\n".join(entries)
