"""The library: every op and every graph that a module below gradcheck.ops or gradcheck.networks declares."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from types import ModuleType

from gradcheck import networks, ops
from gradcheck.declaration.op import Op
from gradcheck.graphs.graph import ComputationalGraph
from gradcheck.records.golden_vectors import list_vector_names


def import_submodules(package: ModuleType) -> Iterator[ModuleType]:
    """Import every module below a package, by name."""
    for name in sorted(found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")):
        yield importlib.import_module(name)


@cache
def load_library_graphs() -> dict[str, ComputationalGraph]:
    """Return the networks of the library by name."""
    declared = (value for module in import_submodules(networks) for value in vars(module).values())
    return {graph.name: graph for graph in declared if isinstance(graph, ComputationalGraph)}


@cache
def load_library_ops() -> tuple[Op, ...]:
    """Return all ops of the library, the networks among them, by family and name; their golden vectors are heard."""
    declared = [
        value for package in (ops, networks) for module in import_submodules(package) for value in vars(module).values()
    ]
    by_name = {op.name: op for op in declared if isinstance(op, Op)}
    by_name |= {name: graph.as_op() for name, graph in load_library_graphs().items()}
    with_vectors = list_vector_names()
    vouched = [replace(op, same_as=op.name if op.name in with_vectors else "") for op in by_name.values()]
    return tuple(sorted(vouched, key=lambda op: (op.family, op.name)))
