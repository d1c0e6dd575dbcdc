"""The case at which a long check is, on the terminal on which pytest runs."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gradcheck.escaping import cut_text, escape_unprintable

if TYPE_CHECKING:
    import pytest

    from gradcheck.running.progress import ProgressCallback

FIRST_SECONDS, SECONDS = 1.0, 0.25
"""How long a check runs before its progress is shown, and how long one case is shown at least."""


@contextmanager
def show_case_progress(config: "pytest.Config", examples: int) -> "Iterator[ProgressCallback]":
    """Show in a line of its own, which vanishes in the end, how many cases of an op are done; nothing where no person
    watches, as in a worker of xdist, and in CI."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if reporter is None or capture is None or not reporter.isatty or os.environ.get("CI"):
        yield lambda op, done: None
        return
    due = time.monotonic() + FIRST_SECONDS
    shown = False

    def write(line: str) -> None:
        with capture.global_and_fixture_disabled():
            if not shown:
                reporter.ensure_newline()
            reporter.rewrite(line, erase=True)
            reporter.flush()

    def step(op: str, done: int | None) -> None:
        nonlocal due, shown
        if done is None or time.monotonic() < due:
            return
        write(f"gradcheck {escape_unprintable(cut_text(op))}: case {done} of {examples}")
        due, shown = time.monotonic() + SECONDS, True

    try:
        yield step
    finally:
        if shown:
            write("")
