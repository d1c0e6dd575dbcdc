"""The sentences with which the pages of an audit begin."""

from collections import Counter
from collections.abc import Iterable, Iterator

from gradcheck.escaping import cut_text
from gradcheck.formatting import pluralise
from gradcheck.records.audit import Audit, FunctionResult, FunctionState

UNSAFE = (
    "UNSAFE: the submissions ran with less isolation than untrusted code needs. They could have read and changed files "
    "of this machine, and these results."
)
INCOMPLETE = "INCOMPLETE: the audit was interrupted. What is missing here was not examined, and has no points for that."


def compose_audit_answer(audit: Audit) -> str:
    """Compose the first sentence of the page of a class: how many submissions, and what became of the functions."""
    submissions = pluralise(len(audit.submissions), "submission")
    functions = [function for submission in audit.submissions for function in submission.functions]
    counted = (
        f"{pluralise(len(functions), 'function')}: {count_states(functions)}" if functions else "no function was run"
    )
    invalid = sum(bool(submission.invalid) for submission in audit.submissions)
    broken = f"; {pluralise(invalid, 'submission')} could not be run" if invalid else ""
    return f"{submissions}, {counted}{broken}."


def count_states(functions: Iterable[FunctionResult]) -> str:
    """Count functions by state, in the order of the states: 3 right, 1 wrong."""
    count = Counter(function.state for function in functions)
    counted = (f"{count[state]} {state.replace(',', '')}" for state in FunctionState if count[state])
    return ", ".join(counted) or "no function"


def list_warnings(audit: Audit) -> Iterator[str]:
    """List what a reader must know before any figure."""
    if audit.is_unsafe:
        yield UNSAFE
    if not audit.complete:
        yield INCOMPLETE


def describe_isolation(audit: Audit) -> str:
    """State how submissions were confined, as the sandbox says it."""
    said = "; ".join(f"{cut_text(str(key))}: {describe_measure(value)}" for key, value in audit.isolation.items())
    return said or "nothing is known of it"


def describe_measure(value: object) -> str:
    """Describe one thing that a sandbox says of itself."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(cut_text(str(item)) for item in value) or "none"
    return cut_text(str(value))
