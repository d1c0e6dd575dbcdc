"""What brings an exception of forward about, and the declaration that keeps it from raising, each of them tried."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from gradcheck.declaration.domain import Domain, invertible, nonzero, positive, probability, real, spd
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.generation.case_building import make_case_without_upstream
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.generation.shape_relations import describe_opposites
from gradcheck.generation.shape_trials import (
    Refusals,
    catch_error_of_shapes,
    catch_forward_error,
    declare_relations,
    find_refusals,
)
from gradcheck.generation.values import VALUE_KINDS
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case
from gradcheck.records.results import Finding
from gradcheck.records.status import Status
from gradcheck.records.subject import Part

DOMAIN_CASES = 48
"""Cases in which no exception may be raised before a domain is suggested."""

DOMAINS: dict[str, Callable[[], Domain]] = {
    "positive()": positive,
    "nonzero()": nonzero,
    "probability()": probability,
    "real(-1, 1)": lambda: real(-1, 1),
    "invertible()": invertible,
    "spd()": spd,
}
"""Domains that are tried, the widest first."""


class CrashExplainer:
    """Explains the exceptions of one op's forward; what they have in common is tried out once."""

    def __init__(self, op: Op) -> None:
        self.op = op

    @cached_property
    def refusals(self) -> Refusals:
        """The shapes on which forward raises."""
        return find_refusals(self.op)

    @cached_property
    def domain_hint(self) -> str:
        """The domain in which forward raises nowhere, as it is to be declared; "" where there is none."""
        return find_safe_domain(self.op)

    def explain(self, finding: Finding) -> Finding:
        """Return the finding of an exception with its cause, and with a hint where one was tried and helps.

        Nothing is said of a forward that raises on every input.  One that runs on float32 alone is none of those that
        can be checked: it is left open.
        """
        case = finding.case
        if case is None or not finding.claim.startswith(f"{Part.FORWARD} raised "):
            return finding
        with silence_warnings():
            if not self.refusals.accepted:
                return explain_float32(self.op, finding, case)
            if catch_error_of_shapes(self.op, case) is None:
                hint = self.domain_hint
                return replace(finding, hint=f"If such values are not lawful, say so: {hint}." if hint else "")
            return self.explain_shapes(finding)

    def explain_shapes(self, finding: Finding) -> Finding:
        """Return the finding with the relation that its shapes break, and the declaration that avoids it."""
        relations = self.refusals.relations
        if not relations:
            return finding
        narrower = declare_relations(self.op, relations)
        hint = f"If such shapes are not lawful, say so: {narrower.words}." if narrower else ""
        return replace(finding, cause=f"forward raises whenever {describe_opposites(relations)}", hint=hint)


def explain_float32(op: Op, finding: Finding, case: Case) -> Finding:
    """Return the finding, left open where forward runs on the case in float32."""
    single = {n: a.astype(np.float32) if a.dtype == np.float64 else a for n, a in case.inputs.items()}
    if all(a.dtype != np.float64 for a in case.inputs.values()) or catch_forward_error(
        op, replace(case, inputs=single)
    ):
        return finding
    claim = f"{finding.claim}; it runs in float32, and gradients are examined in float64"
    return replace(finding, status=Status.INCONCLUSIVE, claim=claim, hint="Accept float64 as well.")


def find_safe_domain(op: Op) -> str:
    """Suggest the domain of one input, or one of all real inputs, in which forward raises nowhere; "" where there is
    none."""
    real_inputs = [n for n, a in op.inputs.items() if isinstance(a, Array) and a.domain.name == real().name]
    several = [real_inputs] * (len(real_inputs) > 1)
    for names in (*([name] for name in real_inputs), *several):
        for words, make in DOMAINS.items():
            narrower = {n: replace(op.array(n), domain=make()) for n in names}
            if never_raises(replace(op, inputs={**op.inputs, **narrower})):
                return ", ".join(f"{n}=Array({op.array(n).shape!r}, {words})" for n in names)
    return ""


def never_raises(op: Op) -> bool:
    """Whether forward raises on none of some cases of every kind of values."""
    try:
        return all(catch_forward_error(op, case) is None for case in make_cases_of_all_kinds(op))
    except (DeclarationError, ValueError):  # a domain of matrices asks for square ones
        return False


def make_cases_of_all_kinds(op: Op) -> Iterator[Case]:
    """Make cases whose values are of all kinds in turn."""
    for i in range(DOMAIN_CASES):
        configuration = draw_configuration(op, PinnedChoices("remedies", i))
        kind = VALUE_KINDS[i % len(VALUE_KINDS)]
        yield make_case_without_upstream(op, configuration, kind, PinnedChoices("values of remedies", i))
