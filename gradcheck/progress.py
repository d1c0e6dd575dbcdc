"""A progress bar on stderr, for people who watch."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[str, int], None]
"""Told the op and how many of its cases are done."""


def watched() -> bool:
    """Whether somebody watches stderr."""
    return sys.stderr.isatty() and not os.environ.get("CI")


@contextmanager
def shown(ops: int, examples: int, show: bool) -> Iterator[Step]:
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
        task = progress.add_task("", total=examples, ops=f"0/{ops}")
        names: dict[str, int] = {}

        def step(op: str, done: int) -> None:
            count = names.setdefault(op, len(names) + 1)
            progress.update(task, description=op, completed=done, ops=f"{count}/{ops}")

        yield step
