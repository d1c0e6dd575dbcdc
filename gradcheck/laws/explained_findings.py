"""Findings with the cause that `gradcheck.causes` has for them."""

from collections.abc import Callable
from dataclasses import replace

from gradcheck.causes.explanation import Explanation
from gradcheck.evaluation.outside_stops import comes_from_outside
from gradcheck.records.results import Finding


def with_cause(finding: Finding, explain: Callable[[], Explanation]) -> Finding:
    """Return a finding with its cause, or with the place where it is wrong; as it is where nothing is known.  A search
    for the cause that ends with an exception costs the finding its cause alone, and says so."""
    try:
        explanation = explain()
    except Exception as error:
        if comes_from_outside(error):
            raise
        said = f"The search for a cause ended with {type(error).__name__}: {error}; please report it."
        return replace(finding, hint=f"{finding.hint} {said}".strip())
    if line := explanation.patch or explanation.line:
        finding = replace(finding, file=line.file, line=line.line)
    return replace(
        finding,
        cause=explanation.words,
        cause_name=explanation.name,
        hint=explanation.hint or finding.hint,
        patch=explanation.patch,
        picture=explanation.telling_picture,
    )
