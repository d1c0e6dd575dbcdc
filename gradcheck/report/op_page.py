"""The page of one op: its declaration, a worked example with every intermediate, and a picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcheck.declaration.inputs import Several, list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Choice, Rank, Whole
from gradcheck.escaping import cut_text, escape_lines
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.graphs.graph import ComputationalGraph
from gradcheck.isolation import silence_warnings
from gradcheck.laws.exceptions import make_exception_finding
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from gradcheck.records.results import Finding
from gradcheck.report import plot
from gradcheck.report.content import Table, build_block
from gradcheck.report.curves import PLOTTED, is_univariate, sample_curves
from gradcheck.report.text import render_text_block, render_text_table
from gradcheck.report.worked_example import make_small_case, run_example, tabulate_example, tabulate_graph

EXAMPLE = "A worked example, for an upstream of ones:"


class NoPictureError(ValueError):
    """An op that cannot be drawn; the message says what can."""


@dataclass(frozen=True)
class OpPage:
    """The page of an op as text for a terminal.  crash: what was found where the op's own code raised in the example,
    None where it ran."""

    text: str
    crash: Finding | None = None


def make_page(op: Op, graph: ComputationalGraph | None, target: str | None = None) -> OpPage:
    """Make the page of an op.  graph: whose op it is.  target: where it was found, None for the library."""
    crash = None
    with silence_warnings():
        parts = [format_heading(op), render_text_table(tabulate_declaration(op)), *describe_origin(op), "", EXAMPLE, ""]
        case = make_small_case(op)
        try:
            parts += [render_text_table(tabulate_graph(graph) if graph else tabulate_example(op, case))]
            parts += render_plot(op, case)
        except (UserError, Malformed) as error:
            crash = make_exception_finding(Evaluator(op, case), next(iter(load_laws())), error)
            parts += render_text_block(build_block(crash, target))
    return OpPage(escape_lines("\n".join(parts)) + "\n", crash)


def render_picture(op: Op, graph: ComputationalGraph | None) -> str:
    """Render a graph with the values and gradients of its example, or a pointwise function and its slope, as SVG.
    Raises NoPictureError."""
    with silence_warnings():
        if graph is not None:
            run_example(graph)
            return graph.to_svg()
        case = make_small_case(op)
        if is_univariate(op, case):
            try:
                return plot.draw_svg_plot(op.name, *sample_curves(op, case.point[0].shape))
            except (UserError, Malformed) as error:
                raise NoPictureError(f"{op.name} has no picture: {cut_text(str(error))}") from error
    raise NoPictureError(f"{op.name} has no picture: graphs and functions of one variable have one; use --format text")


def render_plot(op: Op, case: Case) -> Iterator[str]:
    """Draw value and slope of a function of one variable; nothing of another op, and the reason where it raises."""
    if is_univariate(op, case):
        try:
            yield from ("", plot.draw_text_plot(*sample_curves(op, case.point[0].shape)))
        except (UserError, Malformed) as error:
            yield from ("", f"no plot: between {PLOTTED[0]} and {PLOTTED[1]}, {cut_text(str(error))}")


def format_heading(op: Op) -> str:
    """Format the name and the formula."""
    heading = f"{op.name}   {cut_text(op.summary)}".rstrip()
    return f"{heading}\n{'=' * len(op.name)}\n"


def tabulate_declaration(op: Op) -> Table:
    """Tabulate the declared inputs, settings, sizes and outputs."""
    return Table(("part", "name", "what"), tuple(list_declaration_rows(op)))


def list_declaration_rows(op: Op) -> Iterator[tuple[str, str, str]]:
    """List the rows of the declaration."""
    for name, declared in op.inputs.items():
        array = declared.array if isinstance(declared, Several) else declared
        many = f", {declared.least} to {declared.most} of them" if isinstance(declared, Several) else ""
        yield (
            "input",
            name,
            f"({array.shape}) {array.domain.name}{'' if array.differentiable else ', no gradient'}{many}",
        )
    for name, setting in op.settings.items():
        yield "setting", name, describe_setting(setting)
    for name, size in op.sizes.items():
        yield "size", name, describe_setting(size)
    for name in op.outputs:
        yield "output", name, "rows are independent" if op.batch else ""


def describe_setting(setting: Whole | Choice | Rank) -> str:
    """Describe the values that a setting or a size may take."""
    match setting:
        case Whole():
            return f"{setting.least.text} to {setting.most.text}" if setting.most else f"at least {setting.least.text}"
        case Choice():
            return " or ".join(map(repr, setting.options))
    return f"the number of axes in *{setting.group}"


def describe_origin(op: Op) -> Iterator[str]:
    """Describe the source, the aliases, the convention at kinks, the exceptions, and the file."""
    yield ""
    if op.source:
        yield f"source: {op.source}"
    if op.aliases:
        yield f"called {describe_aliases(op)}"
    if not any(array.differentiable for array in list_declared_arrays(op.inputs)):
        yield "no gradient: none of its inputs has one"
    if op.convention or op.kinks:
        yield f"at kinks: {op.convention or 'between the one-sided slopes'}"
    yield from (f"departs from {law}: {reason}" for law, reason in op.exceptions.items())
    if op.location[0]:
        yield "written in: {}:{}".format(*op.location)


def describe_aliases(op: Op) -> str:
    """Describe what other libraries call an op: InnerProduct by Caffe, linear or addmm by JAX and torch."""
    callers: dict[str, list[str]] = {}
    for library, names in op.aliases.items():
        callers.setdefault(" or ".join(names.split()), []).append(library)
    return ", ".join(f"{names} by {join_words(libraries)}" for names, libraries in callers.items())


def join_words(words: Sequence[str]) -> str:
    """Join words as in a sentence: a, b and c."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
