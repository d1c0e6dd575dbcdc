"""A domain to declare where an op is not finite at values that are drawn for it."""

import numpy as np

from gradcheck.declaration.domain import nonzero, positive, real
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError

SUGGESTED_DOMAINS = {"nonzero()": nonzero(), "positive()": positive(), "real(-1, 1)": real(-1, 1)}
"""The domains that may be suggested, the widest first."""


def suggest_domain(evaluator: Evaluator) -> str:
    """Return words that name a domain in which all outputs of a case are finite; "" where none of them helps, or where
    the inputs have bounds already."""
    if not evaluator.input_declarations.free:
        return ""
    for name, domain in SUGGESTED_DOMAINS.items():
        point = tuple(
            domain.map(a, {}) if moves else a
            for a, moves in zip(evaluator.case.point, evaluator.differentiable, strict=True)
        )
        try:
            outputs = evaluator.outputs(point)
        except (UserError, Malformed):
            continue
        if all(np.isfinite(y).all() for y in outputs):
            return f"; declare {name}?"
    return ""
