"""Workflow commands: what the runner reads back is what was written, and what nobody wrote is no command."""

import pytest

from gradcheck.report.ci.workflow_commands import disarm_commands, format_command

HARD = "50 % of a:b, c\r\nd ::error::e"


def unescape(text):
    """Read an escaped text as the runner does."""
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_a_command_names_its_properties():
    assert format_command("error", {"file": "a.py", "line": 3}, "wrong") == "::error file=a.py,line=3::wrong"
    assert format_command("notice", {}, "said") == "::notice::said"


def test_the_runner_reads_back_what_was_written():
    command = format_command("error", {"file": HARD, "title": HARD}, HARD)
    assert "\n" not in command
    assert "\r" not in command
    head, message = command.removeprefix("::error ").split("::", 1)
    file, title = (pair.split("=", 1)[1] for pair in head.split(","))
    assert unescape(file) == unescape(title) == unescape(message) == HARD


@pytest.mark.parametrize("text", ["::error::x", "a\n  ::set-env name=PATH::x", "a ##[group]b", "##[error]"])
def test_what_would_be_a_command_is_none_any_more(text):
    disarmed = disarm_commands(text)
    assert disarmed.replace("\u200b", "") == text
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in disarmed.splitlines())


@pytest.mark.parametrize("text", ["a::b", "layers.py::affine\n", "# heading [1]\n## [2]", "x\n:y"])
def test_other_text_stays_as_it_is(text):
    assert disarm_commands(text) == text
