"""A progress bar on stderr, for people who watch."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ProgressCallback = Callable[[str, int | None], None]
"""Told the op and how many of its cases are done, None once the op is."""


def is_stderr_watched() -> bool:
    """Whether somebody watches stderr."""
    return sys.stderr.isatty() and not os.environ.get("CI")


@contextmanager
def show_progress(ops: int, examples: int, show: bool) -> Iterator[ProgressCallback]:
    """A bar that vanishes in the end; nothing at all where `show` is false."""
    if not show:
        yield lambda op, done: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.fields[ops]}"),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("case {task.completed}/{task.total}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=ops * examples, ops=f"0/{ops}")
        running: dict[str, int] = {}
        finished: list[str] = []

        def step(op: str, done: int | None) -> None:
            if done is None:
                running.pop(op, None)
                finished.append(op)
            else:
                running[op] = done
            cases = examples * len(finished) + sum(running.values())
            progress.update(task, description=", ".join(running), completed=cases, ops=f"{len(finished)}/{ops}")

        yield step
