"""A session: the ops of some targets, checked one after the other or side by side, and the Run of their results."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from threading import current_thread, main_thread

from gradcheck.evaluation.process_state import redirect_prints
from gradcheck.records.results import OpResult, Run
from gradcheck.running.located_op import LocatedOp
from gradcheck.running.one_op import check_one_op
from gradcheck.running.plan import Plan
from gradcheck.running.printed_warnings import print_warnings
from gradcheck.running.progress import ProgressCallback
from gradcheck.spelling import suggest_name


class UsageError(ValueError):
    """A request that cannot be carried out; the message says what to write instead."""


def collect_ops(targets: Sequence[str], names: Sequence[str]) -> list[LocatedOp]:
    """Collect the ops of the targets, or of the library where there are none, and of these the named ones.

    Raises TargetError, DeclarationError for an exception from a law that does not exist, and UsageError for a name that
    does not exist or that two ops share.
    """
    from gradcheck.discovery.target_errors import UncheckedWarning
    from gradcheck.laws.registry import validate_exceptions

    with redirect_prints(), print_warnings(UncheckedWarning):
        found = list(locate_ops(dict.fromkeys(targets)))
    if names:
        require_known_names(names, [located.op.name for located in found], "op")
        found = [located for located in found if located.op.name in names]
    require_distinct_names(found)
    for located in found:
        validate_exceptions(located.op)
    return found


def require_distinct_names(found: Iterable[LocatedOp]) -> None:
    """Raise UsageError where two ops share a name."""
    found = list(found)
    for name, count in Counter(located.op.name for located in found).items():
        if count > 1:
            places = ", ".join(dict.fromkeys(located.target for located in found if located.op.name == name))
            raise UsageError(f"{count} ops are called {name!r} (in {places}); rename one, or check them one by one")


def locate_ops(targets: Iterable[str]) -> Iterator[LocatedOp]:
    """Find every op of every target, or of the library where there is no target."""
    from gradcheck.discovery.library import load_library_ops
    from gradcheck.discovery.targets import find_ops_with_context

    targets = list(targets)
    for target in targets:
        ops, make_context = find_ops_with_context(target)
        yield from (LocatedOp(op, target, make_context) for op in ops)
    if not targets:
        yield from (LocatedOp(op, "") for op in load_library_ops())


def require_known_names(names: Iterable[str], existing: Sequence[str], thing: str) -> None:
    """Raise UsageError for a name that does not exist, with the nearest that does."""
    for name in names:
        if name not in existing:
            raise UsageError(
                f"there is no {thing} {name!r}; {suggest_name(name, existing)}There are: {', '.join(existing)}"
            )


def select_laws(names: Sequence[str], skipped: Sequence[str] = ()) -> tuple[str, ...]:
    """Select the laws to check: those named, or all where none is, without the skipped.

    Raises UsageError for a name that does not exist, and where no law is left.
    """
    from gradcheck.laws.registry import load_laws

    existing = tuple(load_laws())
    require_known_names([*names, *skipped], existing, "law")
    laws = tuple(name for name in existing if (name in names or not names) and name not in skipped)
    if not laws:
        raise UsageError(f"no law is left to check: all of {', '.join(names or existing)} are skipped")
    return laws


def require_timeout_support(seconds: float | None) -> None:
    """Raise UsageError where an op cannot be stopped after so many seconds, which takes an alarm of the system."""
    if seconds is None:
        return
    if not hasattr(signal, "SIGALRM"):
        raise UsageError(f"timeout: {sys.platform} has no SIGALRM, by which an op is stopped; leave it out")
    if current_thread() is not main_thread():
        raise UsageError("timeout: an op is stopped in the main thread alone, and this is another; leave it out")


def count_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_ops(plan: Plan, found: Sequence[LocatedOp], step: ProgressCallback, jobs: int | None) -> tuple[Run, bool]:
    """Check every op.

    jobs: the number of worker processes; 1 for none but this process, None for one per core, and none for a single op.
    Returns the run, and whether Ctrl-C ended it.
    """
    from gradcheck.checking.check import collect_versions

    with redirect_prints():
        results, interrupted = check_in_parallel(plan, found, step, jobs)
        for located in found:
            if not interrupted and located.op.name not in results:
                results[located.op.name], interrupted = check_one_op(plan, located, step)
                step(located.op.name, None)
    complete = not interrupted and all(result.complete for result in results.values())
    ordered = tuple(results[located.op.name] for located in found if located.op.name in results)
    return Run(ordered, plan.seed, plan.examples, plan.targets, complete, collect_versions()), interrupted


def check_in_parallel(
    plan: Plan, found: Sequence[LocatedOp], step: ProgressCallback, jobs: int | None
) -> tuple[dict[str, OpResult], bool]:
    """Check ops in worker processes, if more than one is to be used.

    A single op has a worker where more than one job is asked for: it costs some 0.4 s to start, and a crash of the op
    does not end this process.
    Returns the results by name, none where no worker is used, and whether Ctrl-C ended the run.
    """
    if (jobs or min(count_cores(), len(found))) <= 1:
        return {}, False
    from gradcheck.running import process_pool

    return process_pool.check_in_pool(min(jobs or count_cores(), len(found)), plan, found, step)
