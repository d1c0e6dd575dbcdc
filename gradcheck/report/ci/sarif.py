"""SARIF 2.1.0, which code scanning shows beside the code and tracks from run to run.

GitHub refuses a result without a place, so that what is at no place in the repository is a notification.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from gradcheck.records.results import Run
from gradcheck.report.ci.annotations import Annotation, Level, SourceLine, list_annotations
from gradcheck.report.ci.rules import Rule, describe_rule
from gradcheck.report.context import ReportContext
from gradcheck.report.renderer import Renderer

SCHEMA_ADDRESS = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTICE: "note"}
"""What SARIF calls a level."""


class SARIFRenderer:
    """The format `sarif`: a rule for each law that was examined and each cause that was found, a result for each
    annotation."""

    name = "sarif"
    suffix = ".sarif"
    shows_comparison = True

    def render(self, run: Run, context: ReportContext) -> str:
        """Write the log."""
        annotations = list_annotations(run, context.comparison, context.folder)
        log = {"$schema": SCHEMA_ADDRESS, "version": "2.1.0", "runs": [make_log_run(run, annotations)]}
        return json.dumps(log, indent=1) + "\n"


def make_log_run(run: Run, annotations: Sequence[Annotation]) -> dict[str, Any]:
    """Make the one run of a log."""
    from gradcheck import __version__

    examined = [f"law/{verdict.law}" for result in run.results for verdict in result.verdicts]
    rules = list(dict.fromkeys((*examined, *(one.rule for one in annotations))))
    placed = [one for one in annotations if one.place]
    driver = {"name": "gradcheck", "version": __version__, "rules": [make_rule(describe_rule(name)) for name in rules]}
    notifications = [make_notification(one) for one in annotations if not one.place]
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": "gradcheck/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": run.complete, "toolExecutionNotifications": notifications}],
        "results": [make_result(one, one.place, rules.index(one.rule)) for one in placed if one.place],
    }


def make_rule(rule: Rule) -> dict[str, Any]:
    """Make the descriptor of a rule."""
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.title},
        "help": {"text": rule.text, "markdown": rule.markdown},
        "defaultConfiguration": {"level": "warning" if rule.name == "not-checked" else "error"},
        "properties": {"tags": ["gradient", rule.name.partition("/")[0]]},
    }


def make_result(annotation: Annotation, place: SourceLine, rule_index: int) -> dict[str, Any]:
    """Make the result of an annotation at its place."""
    return {
        "ruleId": annotation.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[annotation.level],
        "message": {"text": escape_message(annotation.message)},
        "locations": [{"physicalLocation": make_location(place)}],
        "partialFingerprints": {"primaryLocationLineHash": annotation.fingerprint},
    }


def make_location(place: SourceLine) -> dict[str, Any]:
    """Make the location of a place.  GitHub asks for columns as well: those of the first character."""
    region = {"startLine": place.line, "startColumn": 1, "endLine": place.line, "endColumn": 2}
    return {"artifactLocation": {"uri": quote(place.file)}, "region": region}


def make_notification(annotation: Annotation) -> dict[str, Any]:
    """Make the notification of an annotation that has no place."""
    return {
        "level": LEVELS[annotation.level],
        "message": {"text": escape_message(annotation.message)},
        "associatedRule": {"id": annotation.rule},
    }


def escape_message(text: str) -> str:
    """Escape plain text: braces are doubled, since they would stand for arguments (SARIF 2.1.0, 3.11.5), and brackets
    before a parenthesis are no link."""
    return text.replace("](", "] (").replace("{", "{{").replace("}", "}}")


SARIF: Renderer = SARIFRenderer()
