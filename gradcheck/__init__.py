"""gradcheck: is a hand-written backward pass right, on inputs its author did not think of?"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

PUBLIC = {
    "declaration.op": ("Array", "Op", "Several", "choice", "namespace", "pointwise", "rank", "whole"),
    "declaration.domain": (
        *("Domain", "bits", "booleans", "distinct", "indices", "invertible"),
        *("nonzero", "positive", "probability", "real", "spd"),
    ),
    "graphs.graph": ("ComputationalGraph", "GraphError", "node"),
    "declaration.shape": ("DeclarationError",),
    "records.case": ("Case",),
    "records.results": ("Estimate", "Evidence", "Finding", "OpResult", "Run", "Verdict"),
    "checking.check": ("check",),
    "adapters": ("AdapterError", "adapt"),
    "assertion": ("assert_correct",),
    "oracles.numerical_gradient": ("numerical_gradient",),
    "discovery.targets": ("TargetError", "find", "load"),
    "records.failing_cases": ("load_case",),
}
"""The public names, by the module that each is loaded from on first use: importing gradcheck must cost a host project
nothing."""

__all__ = ["__version__", *(name for names in PUBLIC.values() for name in names)]  # noqa: PLE0604 - only names

HOME = {name: module for module, names in PUBLIC.items() for name in names}

if TYPE_CHECKING:
    from gradcheck.adapters import AdapterError as AdapterError
    from gradcheck.adapters import adapt as adapt
    from gradcheck.assertion import assert_correct as assert_correct
    from gradcheck.checking.check import check as check
    from gradcheck.declaration.domain import Domain as Domain
    from gradcheck.declaration.domain import bits as bits
    from gradcheck.declaration.domain import booleans as booleans
    from gradcheck.declaration.domain import distinct as distinct
    from gradcheck.declaration.domain import indices as indices
    from gradcheck.declaration.domain import invertible as invertible
    from gradcheck.declaration.domain import nonzero as nonzero
    from gradcheck.declaration.domain import positive as positive
    from gradcheck.declaration.domain import probability as probability
    from gradcheck.declaration.domain import real as real
    from gradcheck.declaration.domain import spd as spd
    from gradcheck.declaration.op import Array as Array
    from gradcheck.declaration.op import Op as Op
    from gradcheck.declaration.op import Several as Several
    from gradcheck.declaration.op import choice as choice
    from gradcheck.declaration.op import namespace as namespace
    from gradcheck.declaration.op import pointwise as pointwise
    from gradcheck.declaration.op import rank as rank
    from gradcheck.declaration.op import whole as whole
    from gradcheck.declaration.shape import DeclarationError as DeclarationError
    from gradcheck.discovery.targets import TargetError as TargetError
    from gradcheck.discovery.targets import find as find
    from gradcheck.discovery.targets import load as load
    from gradcheck.graphs.graph import ComputationalGraph as ComputationalGraph
    from gradcheck.graphs.graph import GraphError as GraphError
    from gradcheck.graphs.graph import node as node
    from gradcheck.oracles.numerical_gradient import numerical_gradient as numerical_gradient
    from gradcheck.records.case import Case as Case
    from gradcheck.records.evidence import Estimate as Estimate
    from gradcheck.records.evidence import Evidence as Evidence
    from gradcheck.records.failing_cases import load_case as load_case
    from gradcheck.records.results import Finding as Finding
    from gradcheck.records.results import OpResult as OpResult
    from gradcheck.records.results import Run as Run
    from gradcheck.records.results import Verdict as Verdict


def __getattr__(name: str) -> Any:
    if name not in HOME:
        raise AttributeError(f"module 'gradcheck' has no attribute {name!r}")
    return getattr(import_module(f"gradcheck.{HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*HOME, "__version__"])
