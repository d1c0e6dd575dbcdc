"""Workflow commands of GitHub Actions: lines of a job's output that the runner acts on."""

import re
from collections.abc import Mapping


def format_command(name: str, properties: Mapping[str, str | int], message: str) -> str:
    """Format a command: "::error file=layers.py,line=3::wrong", with what it cannot hold escaped as the runner reads
    it."""
    said = ",".join(f"{key}={escape_property(str(value))}" for key, value in properties.items())
    return f"::{name}{' ' * bool(said)}{said}::{escape_data(message)}"


def escape_data(text: str) -> str:
    """Escape the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Escape the value of a property of a command."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def disarm_commands(text: str) -> str:
    """Put a space of no width into what the runner would take for a command: a line that begins with two colons, and
    ##[ anywhere."""
    return re.sub(r"##(?=\[)", "#\u200b#", re.sub(r"^(\s*):(?=:)", "\\1:\u200b", text, flags=re.MULTILINE))
