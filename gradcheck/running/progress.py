"""A progress bar on stderr."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gradcheck.escaping import cut_text, escape_unprintable

ProgressCallback = Callable[[str, int | None], None]
"""Called with the name of an op and how many of its cases are done, None once the op is."""


def is_stderr_watched() -> bool:
    """Whether stderr is a terminal with a person before it, not a log of CI."""
    return sys.stderr.isatty() and not os.environ.get("CI")


@contextmanager
def show_progress(ops: int, examples: int, show: bool) -> Iterator[ProgressCallback]:
    """Show a bar that vanishes in the end; none where `show` is false."""
    if not show:
        yield lambda op, done: None
        return
    with make_progress_bar() as bar:
        yield make_progress_callback(bar, ops, examples)


def make_progress_bar() -> Any:
    """Make a rich.progress.Progress that shows ops done, ops that are checked now, and cases."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.fields[ops]}"),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("case {task.completed}/{task.total}"),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


def make_progress_callback(bar: Any, ops: int, examples: int) -> ProgressCallback:
    """Make a callback that moves the bar that make_progress_bar made."""
    task = bar.add_task("", total=ops * examples, ops=f"0/{ops}")
    running: dict[str, int] = {}
    finished: list[str] = []

    def step(op: str, done: int | None) -> None:
        if done is None:
            running.pop(op, None)
            finished.append(op)
        else:
            running[op] = done
        cases = examples * len(finished) + sum(running.values())
        names = ", ".join(escape_unprintable(cut_text(name)) for name in running)
        bar.update(task, description=names, completed=cases, ops=f"{len(finished)}/{ops}")

    return step
