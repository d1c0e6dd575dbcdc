"""The sentences with which the pages of an audit begin."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from gradcheck.escaping import cut_text
from gradcheck.formatting import pluralise
from gradcheck.records.audit import Audit, FunctionResult, FunctionState
from gradcheck.sandbox.inside.canary_probes import BLOCKED

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
    """State how submissions were confined, as the sandbox says it: its level, by what, and what a worker that tried
    could still do."""
    said = {key: cut_text(str(value)) for key, value in audit.isolation.items() if isinstance(value, str)}
    if not said.get("level"):
        return "nothing is known of it"
    by = f" ({said['backend']})" if "backend" in said else ""
    tried = audit.isolation.get("canary")
    return f"{said['level']}{by}{describe_canary(tried) if isinstance(tried, Mapping) and tried else ''}"


def describe_canary(tried: Mapping[str, object]) -> str:
    """Say what came of the attempts of a worker to do what it must not: blocked or not, by what it tried."""
    open_to_it = [cut_text(name) for name, outcome in tried.items() if outcome != BLOCKED]
    if not open_to_it:
        return f"; all {len(tried)} things that a worker tried were blocked"
    return f"; of {len(tried)} things that a worker tried these were not blocked: {', '.join(open_to_it)}"
