"""Mutation: every backward of the library with one node of its syntax tree changed.

The functions that a backward calls are mutated as well, each in a copy of all that it sees, so that neither the forward
nor another op notices.  `operators` says what is changed, `sites` where, and `sources` how it is written anew.
"""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import gradcheck
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_graphs
from gradcheck.graphs.graph import ComputationalGraph
from tests.corpus.operators import OPERATORS, Operator
from tests.corpus.sites import sites
from tests.corpus.slips import Slips
from tests.corpus.sources import exchanged, reached, rebuilt, source_of

LIBRARY = Path(gradcheck.__file__).parents[1]
"""The folder that the package stands in: a checkout, or site-packages."""

IN_GRAPHS = (
    "sign flipped",
    "factor dropped",
    "operands swapped",
    "transpose dropped",
    "sum added",
    "doubled",
    "halved",
    "divided by its length",
    "rounded to whole numbers",
    "stale cache",
    "upstream ignored",
    "gradient zeroed",
)
"""Operators whose mutants in one node show in the whole graph; a copy that is dropped within one does no harm."""


@dataclass(frozen=True)
class Mutant:
    """A fault with the attributes of corpus.Fault.  source: file and line.  build: the wrong backward, made anew for
    each run, since a mutant may remember what it was called with.  trigger: not known."""

    name: str
    right: Op
    operator: Operator
    source: str
    build: Callable[[], Callable[..., Any]]
    trigger: str = ""

    @property
    def laws(self) -> tuple[str, ...]:
        """Those that state the fault."""
        return self.operator.laws

    @property
    def wrong(self) -> Op:
        """The op with the fault."""
        return replace(self.right, backward=self.build())


def mutants(op: Op) -> list[Mutant]:
    """Every mutant of one op, the stillborn among them, under names that tell them apart; no golden vector vouches for
    any, as none does for the code that mutants stand for."""
    op = replace(op, same_as="")
    graph, names = load_library_graphs().get(op.name), Counter[str]()
    found = []
    for one in of_graph(op, graph) if graph else of_backward(op):
        names[one.name] += 1
        found.append(replace(one, name=f"{one.name} ({names[one.name]})") if names[one.name] > 1 else one)
    return found


def of_backward(op: Op) -> Iterator[Mutant]:
    """The mutants of the backward and of all that it calls."""
    for function in reached(op.backward):
        yield from of_function(op, function)


def of_function(op: Op, function: Callable[..., Any]) -> Iterator[Mutant]:
    """The mutants of the backward, or of one function that it calls; each text once."""
    texts = {ast.unparse(source_of(function).tree)}
    for kind, node in sites(op, function):
        for operator in (o for o in OPERATORS if o.kind == kind):
            for other in operator.changes(node):
                tree = exchanged(source_of(function).tree, node, other)
                text = ast.unparse(tree)
                if text not in texts:
                    yield mutant(op, operator, function, tree, operator.words(node, other), node.lineno)
                texts.add(text)


def mutant(
    op: Op, operator: Operator, function: Callable[..., Any], tree: ast.FunctionDef, words: str, line: int
) -> Mutant:
    """The op whose backward, or a function that it calls, is written as `tree`."""
    source = source_of(function)
    where = "" if function is op.backward else f" in {source.tree.name}"
    name = f"{op.name}: {operator.name}{where}: {words}"
    build = lambda: rebuilt(op.backward, function, tree, Slips())  # noqa: E731
    return Mutant(name, op, operator, f"{Path(source.file).relative_to(LIBRARY)}:{line}", build)


def of_graph(op: Op, graph: ComputationalGraph) -> Iterator[Mutant]:
    """For every node of a graph the first mutant of each operator, what the node's backward calls left as it is."""
    for key, node in graph.nodes.items():
        first: dict[Operator, Mutant] = {}
        for one in of_function(node.op, node.op.backward):
            first.setdefault(one.operator, one)
        for operator, one in ((o, m) for o, m in first.items() if o.name in IN_GRAPHS):
            name = f"{op.name}: {one.name.replace(':', f' at {key}:', 1)}"
            yield Mutant(name, op, operator, one.source, partial(with_node, graph, key, one))


def with_node(graph: ComputationalGraph, key: str, inner: Mutant) -> Callable[..., Any]:
    """The backward of a graph one of whose nodes has a fault."""
    other = copy.copy(graph)
    other.nodes = {**graph.nodes, key: replace(graph.nodes[key], op=inner.wrong)}
    return other.as_op().backward
