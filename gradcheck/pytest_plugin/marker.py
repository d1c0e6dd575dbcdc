"""The marker @pytest.mark.gradcheck(…), checked when tests are collected."""

import pytest

from gradcheck.pytest_plugin.check_options import OPTION_NAMES, CheckOptions, validate_arguments
from gradcheck.pytest_plugin.project import PROJECT_KEY

ARGUMENTS = ", ".join(f"{name}=…" for name in OPTION_NAMES)
MARKER_DECLARATION = f"gradcheck({ARGUMENTS}): how the fixture gradcheck checks ops in this test."


def collect_marker_options(item: pytest.Item) -> CheckOptions:
    """Combine settings, options and markers; a marker overrides both, and that nearest to the test overrides all."""
    choices = item.config.stash[PROJECT_KEY].choices
    for mark in reversed(list(item.iter_markers("gradcheck"))):
        choices = choices.with_overrides(validate_arguments(mark.kwargs))
    return choices


def validate_markers(report: pytest.CollectReport) -> None:
    """Mark the tests that use the fixture, and turn a report with a wrong marker into an error."""
    tests = [node for node in report.result or () if isinstance(node, pytest.Item)]
    for test in tests:
        if "gradcheck" in getattr(test, "fixturenames", ()) and not test.get_closest_marker("gradcheck"):
            test.add_marker("gradcheck")
    if errors := [error for test in tests if (error := describe_marker_error(test))]:
        report.outcome, report.result, report.longrepr = "failed", [], "\n".join(errors)


def describe_marker_error(item: pytest.Item) -> str:
    """Describe the first mistake in the markers of a test; "" where there is none."""
    for mark in item.iter_markers("gradcheck"):
        if mark.args:
            return f"{item.nodeid}: pytest.mark.gradcheck takes {', '.join(OPTION_NAMES)}, each by its name"
        try:
            validate_arguments(mark.kwargs)
        except ValueError as error:
            return f"{item.nodeid}: pytest.mark.gradcheck: {error}"
    return ""
