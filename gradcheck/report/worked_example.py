"""The worked example of an op: a small case, or every node of a graph, with the gradients for an upstream of ones."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.adapters.trial_cases import draw_trial_case
from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.generation.case_building import add_upstream, make_pinned_case
from gradcheck.generation.chosen_point import choose_simplest_settings
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.graphs.graph import ComputationalGraph, list_output_names
from gradcheck.records.case import Case
from gradcheck.report.content import Table


class SmallExampleChoices:
    """A ChoiceSource of small examples: axes of length two, the simplest structure."""

    def choose(self, least: int, most: int) -> int:
        """Choose the simplest, but two axes for a group."""
        return min(max(least, 1), most) if least == 0 else min(2, most) if (least, most) == (1, 3) else least

    def size(self, name: str, least: int, most: int) -> int:
        """Choose a length of two, or the nearest that is lawful."""
        return min(max(least, 2), most)


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
