"""The page of one op: its declaration, a worked example with every intermediate, and a picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.adapters.trial_cases import draw_trial_case
from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array, Several, list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Choice, Rank, Whole
from gradcheck.escaping import cut_text, escape_lines
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.case_building import add_upstream, make_pinned_case
from gradcheck.generation.chosen_point import choose_simplest_settings
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.graphs.graph import ComputationalGraph, list_output_names
from gradcheck.isolation import silence_warnings
from gradcheck.laws.exceptions import make_exception_finding
from gradcheck.records.case import Case
from gradcheck.records.results import Finding
from gradcheck.report import plot
from gradcheck.report.content import Table, build_block
from gradcheck.report.text import render_text_block, render_text_table

EXAMPLE = "A worked example, for an upstream of ones:"
PLOTTED = (-4, 4)
"""The plain numbers, mapped into the domain of an input, between which a function is plotted."""
CRASH_LAW = "contract"
"""The law of a finding about code that raises in the example."""


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
            crash = make_exception_finding(Evaluator(op, case), CRASH_LAW, error)
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
    """Describe what other libraries call an op: InnerProduct by Caffe, mul or multiply by torch."""
    return ", ".join(f"{' or '.join(names.split())} by {library}" for library, names in op.aliases.items())


def tabulate_example(op: Op, case: Case) -> Table:
    """Tabulate the inputs, outputs and gradients of a case for an upstream of ones.  Raises UserError and Malformed."""
    return Table(("name", "value", "gradient"), tuple(list_example_rows(op, case)))


def tabulate_graph(graph: ComputationalGraph) -> Table:
    """Tabulate every node of a graph at its example."""
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
    return Table(("name", "from", "value", "gradient"), tuple(rows))


def run_example(graph: ComputationalGraph) -> None:
    """Run forward and backward of a graph at its example, or at a small case."""
    graph.forward(graph.example or dict(make_small_case(graph.as_op()).inputs))
    graph.backward()


def make_small_case(op: Op) -> Case:
    """Make a case of the declared example, else one of few elements, else, where forward may refuse shapes, one of
    those that were tried; without an upstream where forward does not run."""
    if op.example:
        inputs = {name: take_example(op.array(name), op.example[name]) for name in op.inputs}
        case = Case(op.name, inputs, (), choose_simplest_settings(op), 0)
        return add_upstream(op, case, lambda outputs: tuple(np.ones(y.shape) for y in outputs))
    configuration = draw_configuration(op, SmallExampleChoices())
    case = make_pinned_case(op, configuration, "plain", PinnedChoices("show", op.name))
    return case if case.upstream or not op.origin.may_refuse_shapes else draw_trial_case(op)


def take_example(declared: Array, value: Any) -> Values:
    """Return a declared example as an array: of floating-point numbers, unless the input has no gradient."""
    return np.asarray(value, np.float64) if declared.differentiable else np.array(value)


def list_example_rows(op: Op, case: Case) -> Iterator[tuple[str, str, str]]:
    """List the inputs with their gradients, the settings, and the outputs with their upstream.  Raises UserError and
    Malformed."""
    evaluator = Evaluator(op, case)
    outputs = evaluator.outputs(case.point)
    ones = tuple(np.ones(y.shape) for y in outputs)
    gradients = evaluator.gradients(case.point, ones)
    for label, x, gradient in zip(case.inputs, case.point, gradients, strict=True):
        yield label, format_example_value(x), format_example_value(gradient)
    for name, setting in case.settings.items():
        yield name, str(setting), ""
    for name, y, one in zip(op.outputs, outputs, ones, strict=True):
        yield name, format_example_value(y), format_example_value(one)


def format_example_value(value: Any) -> str:
    """Format an array in four digits, None as a dash, and a large array as its shape."""
    if value is None:
        return "–"
    if np.size(value) > 32:
        return f"array of shape {np.shape(value)}"
    return np.array2string(np.asarray(value), precision=4, separator=", ", suppress_small=True).replace("\n", "")


def is_univariate(op: Op, case: Case) -> bool:
    """Whether an op is a function of one variable without settings, applied to each element.  case: any of the op."""
    arrays = list(op.inputs.values())
    one = len(arrays) == 1 and isinstance(arrays[0], Array) and arrays[0].differentiable
    return one and len(op.outputs) == 1 and not op.settings and acts_elementwise(op, case)


def acts_elementwise(op: Op, case: Case) -> bool:
    """Whether forward maps each element by itself, as far as one case tells: elements that change places take their
    outputs with them, and one that changes changes no other's."""
    (x,) = case.point
    if x.size < 2:
        return False
    changed = x.copy()
    changed.flat[-1] = x.flat[0]
    try:
        (y,), (moved,), (beside,) = (Evaluator(op, case).outputs((a,)) for a in (x, np.roll(x, 1), changed))
    except (UserError, Malformed):
        return False
    return x.shape == y.shape and bool(np.all(moved == np.roll(y, 1)) and np.all(beside.flat[:-1] == y.flat[:-1]))


def sample_curves(op: Op, shape: tuple[int, ...]) -> tuple[Values, dict[str, Values]]:
    """Sample value and slope over the part of the domain near zero.  shape: one of the input's, whose first axis is
    made long.  Raises UserError and Malformed."""
    ((label, declared),) = op.inputs.items()
    assert isinstance(declared, Array)
    points = np.unique(declared.domain.map(np.linspace(*PLOTTED, 257), {}))
    x = np.empty((len(points), *shape[1:]))
    x.T[...] = points
    evaluator = Evaluator(op, Case(op.name, {label: x}, (), {}, 0))
    (y,), (slope,) = evaluator.results((x,), (np.ones_like(x),))
    assert slope is not None
    return points, {f"{op.name}({label})": take_first_rows(y), "slope": take_first_rows(slope)}


def take_first_rows(a: Values) -> Values:
    """Return the elements along the first axis, at the first place of all others."""
    return a.reshape(len(a), -1)[:, 0]
