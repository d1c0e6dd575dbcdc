"""The code quality report of GitLab, which a merge request shows beside the code."""

import json
from typing import Any

from gradcheck.records.results import Run
from gradcheck.report.ci.annotations import Annotation, Level, list_annotations
from gradcheck.report.context import ReportContext
from gradcheck.report.renderer import Renderer

SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "minor", Level.NOTICE: "info"}
"""What GitLab calls a level."""
NO_FILE = "."
"""The path of what is at no place in the repository, since GitLab wants one: its top folder."""


class GitLabRenderer:
    """The format `gitlab`: a list of issues."""

    name = "gitlab"
    suffix = ".codequality.json"
    shows_comparison = True

    def render(self, run: Run, context: ReportContext) -> str:
        """Write an issue for each annotation."""
        annotations = list_annotations(run, context.comparison, context.folder)
        return json.dumps([make_issue(one) for one in annotations], indent=1) + "\n"


def make_issue(annotation: Annotation) -> dict[str, Any]:
    """Make an issue of an annotation."""
    place = annotation.place
    return {
        "description": "; ".join((annotation.title, *annotation.details[:1])),
        "check_name": f"gradcheck/{annotation.rule}",
        "fingerprint": annotation.fingerprint,
        "severity": SEVERITIES[annotation.level],
        "location": {
            "path": place.file if place else NO_FILE,
            "lines": {"begin": place.line if place else 1},
        },
    }


GITLAB: Renderer = GitLabRenderer()
