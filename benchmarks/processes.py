"""Work shared out over processes.  Ctrl-C ends it with what is done by then."""

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from gradcheck.running.progress import is_stderr_watched

Task = TypeVar("Task")
Result = TypeVar("Result")


def shared_out(function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int) -> tuple[list[Result], bool]:
    """What the function returns for each task, in the order of the tasks, and whether all of them were done."""
    done: dict[int, Result] = {}
    with watching(len(tasks)) as step:
        try:
            for number, result in worked(function, tasks, jobs):
                done[number] = result
                step(1)
        except KeyboardInterrupt:
            click.echo("interrupted: what follows is what was found until now", err=True)
    return [done[number] for number in sorted(done)], len(done) == len(tasks)


def worked(function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int) -> Iterator[tuple[int, Result]]:
    """The number and the result of each task as soon as it is done; here where one job is enough."""
    if jobs == 1:
        yield from ((number, function(task)) for number, task in enumerate(tasks))
        return
    spawn = multiprocessing.get_context("spawn")  # never forked: JAX does not survive that
    pool = ProcessPoolExecutor(jobs, spawn, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
    try:
        numbers = {pool.submit(function, task): number for number, task in enumerate(tasks)}
        yield from ((numbers[future], future.result()) for future in as_completed(numbers))
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def watching(tasks: int) -> Iterator[Callable[[int], Any]]:
    """A bar on stderr for people who watch."""
    if not is_stderr_watched():
        yield lambda count: None
        return
    bar: Any = click.progressbar(length=tasks, file=sys.stderr)
    with bar:
        yield bar.update
