"""The laws, in the order in which they are examined: gradcheck's own, then those of other packages (entry point
gradcheck.laws)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pkgutil import resolve_name

from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.extensions import ExtensionPoint
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.law import Law
from gradcheck.records.case import Case
from gradcheck.records.results import Finding

OWN_LAWS: tuple[Law, ...] = tuple(
    resolve_name(f"gradcheck.laws.{module}:LAW")
    for module in (
        "contract",
        "purity",
        "value",
        "gradient",
        "kinks",
        "linearity",
        "batching",
        "broadcasting",
        "memory_layout",
        "precision",
        "extremes",
    )
)
"""A line registers a law, by its module; structural ones first, so that later findings can follow from theirs."""


def require_own_findings(law: Law) -> Law:
    """Return the law with an `examine` that raises ValueError for a finding of another law."""

    def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
        seen = law.examine(op, case, evaluator)
        findings = seen.findings if isinstance(seen, Observation) else ()
        if others := {finding.law for finding in findings} - {law.name}:
            raise ValueError(f"a finding of {', '.join(sorted(others))}; make it of {law.name}")
        return seen

    return replace(law, examine=examine)


ADDED_LAWS: ExtensionPoint[Law] = ExtensionPoint(
    "gradcheck.laws",
    "law",
    Law,
    [law.name for law in OWN_LAWS],
    require_own_findings,
    {
        "examine": (Observation,),
        "explain_inapplicability": (str,),
        "explain_unexamined": (str,),
        "review_cases": (Mapping,),
        "explain_finding": (Finding,),
        "measure_errors": (Observation,),
    },
    (UserError, Malformed),
)
"""The laws that other packages add."""


@cache
def load_laws() -> Mapping[str, Law]:
    """Return all laws by name, gradcheck's own first.  Raises ExtensionError for one that cannot be used."""
    return {law.name: law for law in (*OWN_LAWS, *ADDED_LAWS.load_all())}


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


def laws_of_vectors() -> tuple[str, ...]:
    """Return the names of the laws of which golden vectors are a witness."""
    return tuple(name for name, law in load_laws().items() if law.hears_vectors)
