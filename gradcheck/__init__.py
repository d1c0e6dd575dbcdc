"""gradcheck: is a hand-written backward pass right, on inputs its author did not think of?"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

PUBLIC = {
    "op": ("Array", "Op", "Several", "choice", "namespace", "pointwise", "rank", "whole"),
    "domain": (
        *("Domain", "bits", "booleans", "distinct", "indices", "invertible"),
        *("nonzero", "positive", "probability", "real", "spd"),
    ),
    "graph": ("ComputationalGraph", "GraphError", "node"),
    "shape": ("DeclarationError",),
    "case": ("Case",),
    "verdict": ("Estimate", "Evidence", "Finding", "OpResult", "Run", "Verdict"),
    "engine": ("check",),
    "adapters": ("AdapterError", "adapt"),
    "assertion": ("assert_correct",),
    "numerical": ("numerical_gradient",),
    "discovery": ("TargetError", "find", "load"),
    "kept": ("load_case",),
}
"""The public names, by the module that each is loaded from on first use: importing gradcheck must cost a host project
nothing."""

__all__ = ["__version__", *(name for names in PUBLIC.values() for name in names)]  # noqa: PLE0604 - only names

HOME = {name: module for module, names in PUBLIC.items() for name in names}

if TYPE_CHECKING:
    from gradcheck.adapters import AdapterError as AdapterError
    from gradcheck.adapters import adapt as adapt
    from gradcheck.assertion import assert_correct as assert_correct
    from gradcheck.case import Case as Case
    from gradcheck.discovery import TargetError as TargetError
    from gradcheck.discovery import find as find
    from gradcheck.discovery import load as load
    from gradcheck.domain import Domain as Domain
    from gradcheck.domain import bits as bits
    from gradcheck.domain import booleans as booleans
    from gradcheck.domain import distinct as distinct
    from gradcheck.domain import indices as indices
    from gradcheck.domain import invertible as invertible
    from gradcheck.domain import nonzero as nonzero
    from gradcheck.domain import positive as positive
    from gradcheck.domain import probability as probability
    from gradcheck.domain import real as real
    from gradcheck.domain import spd as spd
    from gradcheck.engine import check as check
    from gradcheck.graph import ComputationalGraph as ComputationalGraph
    from gradcheck.graph import GraphError as GraphError
    from gradcheck.graph import node as node
    from gradcheck.kept import load_case as load_case
    from gradcheck.numerical import numerical_gradient as numerical_gradient
    from gradcheck.op import (
        Array as Array,
    )
    from gradcheck.op import (
        Op as Op,
    )
    from gradcheck.op import (
        Several as Several,
    )
    from gradcheck.op import (
        choice as choice,
    )
    from gradcheck.op import (
        namespace as namespace,
    )
    from gradcheck.op import (
        pointwise as pointwise,
    )
    from gradcheck.op import (
        rank as rank,
    )
    from gradcheck.op import (
        whole as whole,
    )
    from gradcheck.shape import DeclarationError as DeclarationError
    from gradcheck.verdict import (
        Estimate as Estimate,
    )
    from gradcheck.verdict import (
        Evidence as Evidence,
    )
    from gradcheck.verdict import (
        Finding as Finding,
    )
    from gradcheck.verdict import (
        OpResult as OpResult,
    )
    from gradcheck.verdict import (
        Run as Run,
    )
    from gradcheck.verdict import (
        Verdict as Verdict,
    )


def __getattr__(name: str) -> Any:
    if name not in HOME:
        raise AttributeError(f"module 'gradcheck' has no attribute {name!r}")
    return getattr(import_module(f"gradcheck.{HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*HOME, "__version__"])
