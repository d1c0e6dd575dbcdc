"""A session: the ops of some targets, one after the other or side by side, and the Run that they make."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from threading import current_thread, main_thread

from gradcheck.declaration.op import LAW_NAMES
from gradcheck.records.results import OpResult, Run
from gradcheck.running.one_op import Found, Plan, examined, warnings_told
from gradcheck.running.progress import Step
from gradcheck.spelling import suggest_name


class UsageError(ValueError):
    """What was asked for cannot be done; the message says what to ask for instead."""


def gather(targets: Sequence[str], names: Sequence[str]) -> list[Found]:
    """The ops of the targets, or of the library where there are none, and of these the named ones.

    Raises TargetError, and UsageError for a name that does not exist or that two ops share.
    """
    from gradcheck.discovery.targets import UncheckedWarning  # noqa: PLC0415

    with redirect_stdout(sys.stderr), warnings_told(UncheckedWarning):
        found = list(search(dict.fromkeys(targets)))
    if names:
        known(names, [f.op.name for f in found], "op")
        found = [f for f in found if f.op.name in names]
    distinct(found)
    return found


def distinct(found: Iterable[Found]) -> None:
    """Raises UsageError where two ops share a name."""
    found = list(found)
    for name, count in Counter(f.op.name for f in found).items():
        if count > 1:
            places = ", ".join(dict.fromkeys(f.target for f in found if f.op.name == name))
            raise UsageError(f"{count} ops are called {name!r} (in {places}); rename one, or check them one by one")


def search(targets: Iterable[str]) -> Iterator[Found]:
    """Every op of every target."""
    from gradcheck.discovery.library import load_library_ops  # noqa: PLC0415
    from gradcheck.discovery.targets import find_ops_with_context  # noqa: PLC0415

    targets = list(targets)
    for target in targets:
        ops, home = find_ops_with_context(target)
        yield from (Found(op, target, home) for op in ops)
    if not targets:
        yield from (Found(op, "") for op in load_library_ops())


def known(names: Iterable[str], existing: Sequence[str], thing: str) -> None:
    """Raises UsageError for a name that does not exist, with the nearest that does."""
    for name in names:
        if name not in existing:
            raise UsageError(
                f"there is no {thing} {name!r}; {suggest_name(name, existing)}There are: {', '.join(existing)}"
            )


def laws_named(names: Sequence[str], skipped: Sequence[str] = ()) -> tuple[str, ...]:
    """The laws to ask: those named, or all of them where none is, without the skipped.  Raises UsageError, also where
    none is left."""
    known([*names, *skipped], LAW_NAMES, "law")
    laws = tuple(name for name in LAW_NAMES if (name in names or not names) and name not in skipped)
    if not laws:
        raise UsageError(f"no law is left to ask: all of {', '.join(names or LAW_NAMES)} are skipped")
    return laws


def clocked(seconds: float | None) -> None:
    """Raises UsageError where an op cannot be stopped after so many seconds: that takes an alarm of the system."""
    if seconds is None:
        return
    if not hasattr(signal, "SIGALRM"):
        raise UsageError(f"timeout: {sys.platform} has no SIGALRM, by which an op is stopped; leave it out")
    if current_thread() is not main_thread():
        raise UsageError("timeout: an op is stopped in the main thread alone, and this is another; leave it out")


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(plan: Plan, found: Sequence[Found], step: Step, jobs: int | None) -> tuple[Run, bool]:
    """Check every op, in at most `jobs` other processes: 1 is this one instead, None one for each core and op.
    Returns what was found, and whether it was interrupted before the end."""
    from gradcheck.checking.check import collect_versions  # noqa: PLC0415

    with redirect_stdout(sys.stderr):
        results, interrupted = side_by_side(plan, found, step, jobs)
        for one in found:
            if not interrupted and one.op.name not in results:
                results[one.op.name], interrupted = examined(plan, one, step)
                step(one.op.name, None)
    complete = not interrupted and all(r.complete for r in results.values())
    ordered = tuple(results[f.op.name] for f in found if f.op.name in results)
    return Run(ordered, plan.seed, plan.examples, plan.targets, complete, collect_versions()), interrupted


def side_by_side(plan: Plan, found: Sequence[Found], step: Step, jobs: int | None) -> tuple[dict[str, OpResult], bool]:
    """The results by name of the ops that other processes examined, and whether Ctrl-C ended that.  One op alone is
    examined in another process where more than one job is asked for, which costs some 0.4 s: it may take it down."""
    if (jobs or min(cores(), len(found))) <= 1:
        return {}, False
    from gradcheck.running import process_pool  # noqa: PLC0415

    return process_pool.examined_by(min(jobs or cores(), len(found)), plan, found, step)
