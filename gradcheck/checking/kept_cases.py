"""Failing cases that earlier runs kept: those that still fit are examined beside the generated cases, not among them.

What they find is added to what the generated cases find, and says where it comes from; how many cases a law examines,
and when it stops, does not depend on them.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from gradcheck.arrays import Values
from gradcheck.checking.case_fit import explain_misfit
from gradcheck.checking.op_check import (
    MAX_FAILURES_ALIKE,
    OpCheck,
    examine_case,
    forward_raises,
    reason_not_applicable,
)
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.configuration import PinnedChoices
from gradcheck.generation.values import make_pinned_upstream
from gradcheck.laws.accumulator import LawAccumulator
from gradcheck.records.case import Case


def examine_kept_cases(op_check: OpCheck, cases: Iterable[Case]) -> list[Case]:
    """Examine the cases that fit the op as it is now, by every law that applies; count the others.  Returns those that
    are large, which are not examined here: each stands for all that would be generated."""
    op = op_check.op
    laws = [law for law in op_check.laws if not reason_not_applicable(op, law)]
    seen = op_check.kept = {law.name: LawAccumulator() for law in laws}
    large = list[Case]()
    for kept in cases:
        case = fit_case(op, kept)
        if case is None or (op.origin.may_refuse_shapes and forward_raises(op, case)):
            op_check.unfit_cases += 1
            continue
        if case.is_large:
            large.append(case)
            continue
        asked = [law for law in laws if law.is_structural or seen[law.name].failures_alike < MAX_FAILURES_ALIKE]
        for name, observation in examine_case(op, case, asked).items():
            seen[name].add(case, observation, counted=False)
    return large


def fit_case(op: Op, case: Case) -> Case | None:
    """Return a kept case as it fits the op now: with an upstream of the shapes that forward's outputs have, drawn anew
    where they have changed; None where its inputs, settings or dtypes fit no more."""
    if explain_misfit(op, case):
        return None
    try:
        outputs = Evaluator(op, case.at(case.point, ())).outputs(case.point)
    except (UserError, Malformed):
        return case.at(case.point, ())
    if has_upstream_of(case, outputs):
        return case
    counter = PinnedChoices("kept", case.digest)
    return case.at(case.point, make_pinned_upstream(outputs, counter))


def has_upstream_of(case: Case, outputs: Sequence[Values]) -> bool:
    """Whether the upstream of a case is one of these outputs: of their shapes, real and finite."""
    if [u.shape for u in case.upstream] != [np.shape(y) for y in outputs]:
        return False
    return all(u.dtype.kind == "f" and np.isfinite(u).all() for u in case.upstream)
