"""A progress bar on stderr."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.running.first_finding import ClaimCallback

ProgressCallback = Callable[[str, int | None], None]
"""Called with the name of an op and how many of its cases are done, None once the op is."""


def is_stderr_watched() -> bool:
    """Whether stderr is a terminal with a person before it, not a log of CI."""
    return sys.stderr.isatty() and not os.environ.get("CI")


@dataclass(frozen=True)
class Display:
    """What a person who watches gets to see.  step: moves the bar.  tell: prints a line that stays, above it."""

    step: ProgressCallback
    tell: ClaimCallback


@contextmanager
def show_progress(ops: int, examples: int, show: bool) -> Iterator[Display]:
    """Show a bar that vanishes in the end; none, and no line, where `show` is false.  examples: cases of each op, 0
    where ops alone are counted."""
    if not show:
        yield Display(lambda op, done: None, lambda claim: None)
        return
    with make_progress_bar(counts_cases=examples > 0) as bar:
        yield Display(make_progress_callback(bar, ops, examples), partial(print_above, bar))


def print_above(bar: Any, claim: str) -> None:
    """Print a line above a bar."""
    line = escape_unprintable(cut_text(claim))
    bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


def make_progress_bar(counts_cases: bool) -> Any:
    """Make a rich.progress.Progress that shows ops done, ops that are checked now, and cases where they are counted."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.fields[ops]}"),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *([TextColumn("case {task.completed}/{task.total}")] if counts_cases else []),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


def make_progress_callback(bar: Any, ops: int, examples: int) -> ProgressCallback:
    """Make a callback that moves the bar that make_progress_bar made."""
    task = bar.add_task("", total=ops * (examples or 1), ops=f"0/{ops}")
    running: dict[str, int] = {}
    finished: list[str] = []

    def step(op: str, done: int | None) -> None:
        if done is None:
            running.pop(op, None)
            finished.append(op)
        else:
            running[op] = done
        cases = examples * len(finished) + sum(running.values()) if examples else len(finished)
        names = ", ".join(escape_unprintable(cut_text(name)) for name in running)
        bar.update(task, description=names, completed=cases, ops=f"{len(finished)}/{ops}")

    return step


@contextmanager
def count_progress(total: int, noun: str, show: bool) -> Iterator[Callable[[str], None]]:
    """Show how many of some things are done, with an estimate of the end; the callback takes the name of one that is.
    None is shown where `show` is false."""
    if not show:
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        MofNCompleteColumn(),
        TextColumn(noun),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, advance=1, description=escape_unprintable(cut_text(name)))
