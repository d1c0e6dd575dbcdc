"""The page of one op: its declaration, a worked example with every intermediate, and a picture."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Choice, Rank, Whole
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.generation.case_building import add_upstream, make_pinned_case
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.graphs.graph import ComputationalGraph, list_output_names
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case
from gradcheck.report import plot
from gradcheck.report.content import Table
from gradcheck.report.text import render_text_table


class NoPictureError(ValueError):
    """An op that cannot be drawn; the message says what can."""


class SmallExampleChoices:
    """A ChoiceSource of small examples: axes of length two, the simplest structure."""

    def choose(self, least: int, most: int) -> int:
        """Choose the simplest, but two axes for a group."""
        return min(max(least, 1), most) if least == 0 else min(2, most) if (least, most) == (1, 3) else least

    def size(self, name: str, least: int, most: int) -> int:
        """Choose a length of two, or the nearest that is lawful."""
        return min(max(least, 2), most)


def render_page(op: Op, graph: ComputationalGraph | None) -> str:
    """Render an op as text for a terminal."""
    with silence_warnings():
        parts = [
            format_heading(op),
            render_text_table(tabulate_declaration(op)),
            *describe_origin(op),
            "",
            *render_worked_example(op, graph),
        ]
        if is_univariate(op):
            parts += ["", plot.draw_text_plot(*sample_curves(op))]
    return "\n".join(parts) + "\n"


def render_picture(op: Op, graph: ComputationalGraph | None) -> str:
    """Render a graph with the values and gradients of its example, or a pointwise function and its slope, as SVG.
    Raises NoPictureError."""
    with silence_warnings():
        if graph is not None:
            run_example(graph)
            return graph.to_svg()
        if is_univariate(op):
            return plot.draw_svg_plot(op.name, *sample_curves(op))
    raise NoPictureError(f"{op.name} has no picture: graphs and functions of one variable have one; use --format text")


def format_heading(op: Op) -> str:
    """Format the name and the formula."""
    return f"{op.name}   {op.summary}\n{'=' * len(op.name)}\n"


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
    """Describe the source, the convention at kinks, the exceptions, and the file."""
    yield ""
    yield f"source: {op.source}"
    if op.convention or op.kinks:
        yield f"at kinks: {op.convention or 'between the one-sided slopes'}"
    yield from (f"departs from {law}: {reason}" for law, reason in op.exceptions.items())
    yield "written in: {}:{}".format(*op.location)


def render_worked_example(op: Op, graph: ComputationalGraph | None) -> Iterator[str]:
    """Render a worked example: of a graph every node, of an op its inputs, outputs and gradients."""
    yield "A worked example, for an upstream of ones:"
    yield ""
    if graph is None:
        yield render_text_table(Table(("name", "value", "gradient"), tuple(list_example_rows(op))))
        return
    run_example(graph)
    rows = [
        (key, "", format_example_value(graph.values[key]), format_example_value(graph.gradients.get(key)))
        for key in graph.inputs
    ]
    for key, one in graph.nodes.items():
        for name in list_output_names(key, one.op):
            rows.append(
                (
                    name,
                    one.words,
                    format_example_value(graph.values.get(name)),
                    format_example_value(graph.gradients.get(name)),
                )
            )
    yield render_text_table(Table(("name", "from", "value", "gradient"), tuple(rows)))


def run_example(graph: ComputationalGraph) -> None:
    """Run forward and backward of a graph at its example, or at a small case."""
    graph.forward(graph.example or dict(make_small_case(graph.as_op()).inputs))
    graph.backward()


def make_small_case(op: Op) -> Case:
    """Make a case of the declared example, else one of few elements."""
    if op.example:
        inputs = {name: np.asarray(op.example[name], np.float64) for name in op.inputs}
        case = Case(op.name, inputs, (), {}, 0)
        return add_upstream(op, case, lambda outputs: tuple(np.ones(y.shape) for y in outputs))
    return make_pinned_case(op, draw_configuration(op, SmallExampleChoices()), "plain", PinnedChoices("show", op.name))


def list_example_rows(op: Op) -> Iterator[tuple[str, str, str]]:
    """List the inputs with their gradients, the settings, and the outputs with their upstream."""
    case = make_small_case(op)
    ones = tuple(np.ones_like(u) for u in case.upstream)
    evaluator = Evaluator(op, case)
    gradients = evaluator.gradients(case.point, ones)
    for label, x, gradient in zip(case.inputs, case.point, gradients, strict=True):
        yield label, format_example_value(x), format_example_value(gradient)
    for name, setting in case.settings.items():
        yield name, str(setting), ""
    for name, y, one in zip(op.outputs, evaluator.outputs(case.point), ones, strict=True):
        yield name, format_example_value(y), format_example_value(one)


def format_example_value(value: Any) -> str:
    """Format an array in four digits, None as a dash, and a large array as its shape."""
    if value is None:
        return "–"
    if np.size(value) > 32:
        return f"array of shape {np.shape(value)}"
    return np.array2string(np.asarray(value), precision=4, separator=", ", suppress_small=True).replace("\n", "")


def is_univariate(op: Op) -> bool:
    """Whether an op is a function of one variable without settings."""
    arrays = list(op.inputs.values())
    one = len(arrays) == 1 and isinstance(arrays[0], Array) and arrays[0].shape == "*S" and arrays[0].differentiable
    if not one or len(op.outputs) != 1 or op.settings:
        return False
    case = make_small_case(op)
    return [u.shape for u in case.upstream] == [case.point[0].shape]


def sample_curves(op: Op) -> tuple[Values, dict[str, Values]]:
    """Sample value and slope over the part of the domain near zero."""
    ((label, declared),) = op.inputs.items()
    assert isinstance(declared, Array)
    x = np.unique(declared.domain.map(np.linspace(-4, 4, 257), {}))
    y, cache = op.forward(x)
    (slope,) = islice(np.atleast_2d(np.asarray(op.backward(np.ones_like(x), cache))), 1)
    return x, {f"{op.name}({label})": np.asarray(y), "slope": slope}
