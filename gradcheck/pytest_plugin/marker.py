"""The marker @pytest.mark.gradcheck(…), checked when tests are collected."""

import pytest

from gradcheck.pytest_plugin.check_options import NAMES, Choices, checked
from gradcheck.pytest_plugin.project import PROJECT

DECLARED = (
    f"gradcheck({', '.join(f'{name}=…' for name in NAMES)}): how the fixture gradcheck examines ops in this test."
)


def chosen(item: pytest.Item) -> Choices:
    """What settings and options choose, and the markers over them, that nearest to the test over all."""
    choices = item.config.stash[PROJECT].choices
    for mark in reversed(list(item.iter_markers("gradcheck"))):
        choices = choices.under(checked(mark.kwargs))
    return choices


def prepared(report: pytest.CollectReport) -> None:
    """Mark the tests that use the fixture, and turn a report with a marker that is wrong into that of an error."""
    tests = [node for node in report.result or () if isinstance(node, pytest.Item)]
    for test in tests:
        if "gradcheck" in getattr(test, "fixturenames", ()) and not test.get_closest_marker("gradcheck"):
            test.add_marker("gradcheck")
    if complaints := [complaint for test in tests if (complaint := wrong(test))]:
        report.outcome, report.result, report.longrepr = "failed", [], "\n".join(complaints)


def wrong(item: pytest.Item) -> str:
    """What is wrong with the markers of a test; "" where nothing is."""
    for mark in item.iter_markers("gradcheck"):
        if mark.args:
            return f"{item.nodeid}: pytest.mark.gradcheck takes {', '.join(NAMES)}, each by its name"
        try:
            checked(mark.kwargs)
        except ValueError as error:
            return f"{item.nodeid}: pytest.mark.gradcheck: {error}"
    return ""
