"""What a fault of the corpus is, and when it counts as caught."""

from dataclasses import dataclass

from gradcheck.declaration.op import Op
from gradcheck.records.results import Finding, OpResult

BROKEN_BY_EXCEPTIONS = ("contract", "purity", "batching", "layout")
"""The laws that an exception breaks: it answers a lawful call with nothing.  Of numbers it says nothing."""


@dataclass(frozen=True)
class Fault:
    """A wrong op beside the right one of the same declaration.

    laws: those whose statement it breaks; it is caught when one of them finds something.
    trigger: when it shows.
    source: where it was reported, as "mxnet#18563, dfdx#111".
    """

    name: str
    wrong: Op
    right: Op
    laws: tuple[str, ...]
    trigger: str
    source: str


def caught(fault: Fault, result: OpResult) -> bool:
    """Whether one of the fault's laws found it."""
    return any(finding.law in fault.laws and counts(finding) for finding in result.findings)


def counts(finding: Finding) -> bool:
    """Whether a finding accuses the op of breaking that law itself: nothing that follows from another law's finding,
    that is disputed or inconclusive, or that is an exception met by a law about numbers.  A warning counts: it is
    reported."""
    if finding.follows:
        return False
    return finding.status in ("failed", "imprecise", "warning") or (
        finding.status == "crashed" and finding.law in BROKEN_BY_EXCEPTIONS
    )
