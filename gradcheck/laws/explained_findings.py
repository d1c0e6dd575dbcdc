"""Findings with the cause that `gradcheck.causes` has for them."""

from dataclasses import replace

from gradcheck.causes.explanation import Explanation
from gradcheck.records.results import Finding


def with_cause(finding: Finding, explanation: Explanation) -> Finding:
    """Return a finding with its cause, or with the place where it is wrong; as it is where nothing is known."""
    hint = explanation.hint or finding.hint
    if line := explanation.patch or explanation.line:
        finding = replace(finding, file=line.file, line=line.line)
    return replace(finding, cause=explanation.words, cause_name=explanation.name, hint=hint, patch=explanation.patch)
