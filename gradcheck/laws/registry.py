"""The laws, in the order in which they are examined: gradcheck's own, then those of other packages (entry point
gradcheck.laws)."""

from collections.abc import Mapping
from functools import cache

from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.extensions import load_extensions
from gradcheck.laws import (
    batching,
    broadcasting,
    contract,
    extremes,
    gradient,
    kinks,
    linearity,
    memory_layout,
    precision,
    purity,
    value,
)
from gradcheck.laws.law import Law

OWN_LAWS = (
    contract.LAW,
    purity.LAW,
    value.LAW,
    gradient.LAW,
    kinks.LAW,
    linearity.LAW,
    batching.LAW,
    broadcasting.LAW,
    memory_layout.LAW,
    precision.LAW,
    extremes.LAW,
)
"""Structural ones first, so that later findings can be marked as following from them."""


@cache
def load_laws() -> Mapping[str, Law]:
    """Return all laws by name, gradcheck's own first.  Raises ExtensionError for one that cannot be loaded."""
    return {law.name: law for law in (*OWN_LAWS, *load_extensions("gradcheck.laws"))}


def validate_exceptions(op: Op) -> None:
    """Raise DeclarationError where an op declares an exception from a law that does not exist."""
    laws = load_laws()
    for name in op.exceptions:
        if name not in laws:
            raise DeclarationError(
                f"op {op.name!r}: exception for an unknown law {name!r}; the laws are {', '.join(laws)}"
            )


def measuring_laws() -> frozenset[str]:
    """Return the names of the laws that measure relative errors, which a baseline holds."""
    return frozenset(name for name, law in load_laws().items() if law.measure_errors is not None)
