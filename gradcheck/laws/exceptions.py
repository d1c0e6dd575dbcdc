"""Findings for exceptions of the code under test."""

from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.laws.findings import make_crash_finding, make_finding
from gradcheck.laws.ordinary_range import advise_bounds, is_beyond_range
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status

MEMORY_HINT = (
    "It asks for more memory than there is, for a case of a few numbers: look at the shapes that it allocates."
)
"""The hint where memory does not suffice."""

NUMERICAL_ERRORS = (ArithmeticError, ValueError)
"""Exceptions by which code says that numbers are too large for it, where NumPy's functions return inf or NaN: the
OverflowError of math.exp, the LinAlgError of a factorization, the ValueError of SciPy where it meets an inf."""


def make_exception_finding(evaluator: Evaluator, law: str, error: UserError | Malformed) -> Finding:
    """Return the finding for an exception in a case: a warning where it says that numbers are too large, at values
    beyond the ordinary."""
    op, case = evaluator.op, evaluator.case
    if isinstance(error, Malformed):
        return make_finding(op, law, case, str(error), error.subject, hint=error.hint, kind=FindingKind.MALFORMED)
    hint = MEMORY_HINT if issubclass(error.kind, MemoryError) else ""
    if not issubclass(error.kind, NUMERICAL_ERRORS) or not is_beyond_range(evaluator, case.upstream):
        return make_crash_finding(op, law, case, str(error), error, hint)
    advice = advise_bounds(evaluator, case.upstream)
    return make_crash_finding(op, law, case, str(error), error, advice, status=Status.WARNING)
