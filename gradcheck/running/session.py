"""A session: the ops of some targets, listed and checked by workers, and the Run of their results."""

import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import current_thread, main_thread

from gradcheck.declaration.counterpart import read_counterpart
from gradcheck.declaration.origin import NotChecked
from gradcheck.discovery.target_errors import TargetError
from gradcheck.discovery.targets import Expansion, expand_target, explain_nothing_found
from gradcheck.extensions import ExtensionError
from gradcheck.records.results import OpResult, Run, qualify_op_name
from gradcheck.running.crashed_op import choose_crash_law, make_crash_result, make_unexamined_result
from gradcheck.running.listed_op import ListedOp
from gradcheck.running.plan import Plan
from gradcheck.running.progress import ProgressCallback
from gradcheck.running.supervisor import Crash, Stop, Supervisor, TaskEnd
from gradcheck.running.tasks import CheckTask, ListTask, Task
from gradcheck.spelling import suggest_name


class UsageError(ValueError):
    """A request that cannot be carried out; the message says what to write instead."""


@dataclass(frozen=True)
class Listing:
    """What was found in some targets.

    broken: what stands for each file or module that could not be imported, with its end.  not_listed: targets that an
    interrupt left.
    """

    ops: tuple[ListedOp, ...] = ()
    broken: tuple[tuple[ListedOp, TaskEnd], ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    not_listed: tuple[str, ...] = ()


class Session:
    """What the workers of a supervisor list and check."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor

    def list_targets(self, targets: Sequence[str], timeout: float | None) -> Listing:
        """List the ops of the targets, or of the library where there are none.

        Raises TargetError for a target that does not exist or holds no op.
        """
        if not targets:
            return Listing(tuple(list_library_ops()))
        listings = []
        for listing in self.list_each(targets, timeout).values():
            if isinstance(listing, TargetError):
                raise listing
            listings.append(listing)
        return Listing(
            tuple(dict.fromkeys(op for listing in listings for op in listing.ops)),
            tuple(broken for listing in listings for broken in listing.broken),
            tuple(part for listing in listings for part in listing.not_checked),
            tuple(name for listing in listings for name in listing.not_listed),
        )

    def list_each(self, targets: Sequence[str], timeout: float | None) -> Mapping[str, Listing | TargetError]:
        """List the ops of each target, or the reason why it cannot be used."""
        found: dict[str, Listing | TargetError] = {}
        expansions: dict[str, Expansion] = {}
        for target in targets:
            try:
                expansions[target] = expand_target(target)
            except TargetError as error:
                found[target] = error
        tasks = {part: ListTask(part, timeout) for expansion in expansions.values() for part in expansion.parts}
        ends, _ = self.supervisor.run_tasks(list(tasks.values()))
        by_part = {part: ends[task] for part, task in tasks.items() if task in ends}
        for target, expansion in expansions.items():
            try:
                found[target] = read_listing(target, expansion, by_part)
            except TargetError as error:
                found[target] = error
        return {target: found[target] for target in targets}

    def require_solution(self, target: str, timeout: float | None) -> None:
        """Raise TargetError for a solution that cannot be imported or holds no op."""
        for listed, end in self.list_targets([target], timeout).broken:
            raise TargetError(describe_crash(end) or f"{listed.name}: it could not be imported in time")

    def check_ops(self, plan: Plan, listing: Listing, step: ProgressCallback) -> tuple[Run, bool]:
        """Check the ops of a listing.  Returns the run, and whether it was interrupted.

        Raises TargetError where one thing was found, and it cannot be imported or made.
        """
        from gradcheck.checking.check import collect_versions

        found = sorted(listing.ops, key=lambda listed: listed.axes, reverse=True)
        interrupted = bool(listing.not_listed)
        results, stopped = ({}, True) if interrupted else self.check_each(plan, found, step)
        self.require_usable(listing)
        broken = [make_result_of_end(plan.laws, listed, end) for listed, end in listing.broken]
        shared = list_shared_names(listing.ops)
        ordered = (
            *(replace(results[op], shares_name=op.name in shared) for op in listing.ops if op in results),
            *(result for result in broken if result),
        )
        left = tuple(name_op(op, shared) for op in listing.ops if op not in results)
        run = Run(
            ordered,
            plan.seed,
            plan.examples,
            plan.targets,
            not stopped and all(result.complete for result in ordered),
            collect_versions(),
            not_checked=listing.not_checked,
            unexamined=(*left, *listing.not_listed),
        )
        return run, stopped

    def require_usable(self, listing: Listing) -> None:
        """Raise TargetError where all that was found is one file that raises while it is imported, or one op that
        cannot be made: then its error is the answer."""
        found = [*listing.ops, *(listed for listed, _ in listing.broken)]
        if len(found) > 1 or listing.not_checked:
            return
        for end in (*(end for _, end in listing.broken), *self.supervisor.ends.values()):
            if error := get_word(end, "error") or get_word(end, "refused"):
                target = found[0].target
                refusal = TargetError(error if error.startswith(target) else f"{target}: {error}")
                refusal.add_note(get_word(end, "traceback"))
                raise refusal

    def check_each(
        self, plan: Plan, found: Sequence[ListedOp], step: ProgressCallback
    ) -> tuple[dict[ListedOp, OpResult], bool]:
        """Check ops.  Returns their results, and whether the check was interrupted: then some may have none.  Raises
        ExtensionError for an extension that cannot be used."""
        tasks: dict[Task, ListedOp] = {CheckTask(listed, plan): listed for listed in found}
        ends, interrupted = self.supervisor.run_tasks(
            list(tasks), lambda task, done: step(tasks[task].name, done), lambda task: step(tasks[task].name, None)
        )
        for end in ends.values():
            if error := get_word(end, "extension_error"):
                raise ExtensionError(error)
        results = {tasks[task]: make_result_of_end(plan.laws, tasks[task], end) for task, end in ends.items()}
        return {listed: result for listed, result in results.items() if result}, interrupted


def list_library_ops() -> Iterator[ListedOp]:
    """List the ops of the library."""
    from gradcheck.discovery.found_ops import count_axes
    from gradcheck.discovery.library import load_library_ops

    return (ListedOp(op.name, "", "", op.family, *op.location, count_axes(op)) for op in load_library_ops())


def read_listing(target: str, expansion: Expansion, ends: Mapping[str, TaskEnd]) -> Listing:
    """Read the listing of one target from the ends of its parts.  Raises TargetError."""
    ops: list[ListedOp] = []
    not_checked = list(expansion.not_checked)
    broken: list[tuple[ListedOp, TaskEnd]] = []
    for part in expansion.parts:
        end = ends.get(part)
        if isinstance(end, Mapping) and "ops" in end:
            ops += (listed := [ListedOp(**op) for op in end["ops"]])
            others = [NotChecked(**item) for item in end["not_checked"]]
            not_checked += name_parts(part, expansion, listed, others)
        elif isinstance(end, Mapping) and "error" in end and not end["while_imported"]:
            raise TargetError(end["error"])
        elif end is not None and end != {"interrupted": True}:
            broken.append((ListedOp(part, part), end))
    not_listed = tuple(
        part for part in expansion.parts if ends.get(part, {"interrupted": True}) == {"interrupted": True}
    )
    if not ops and not broken and not not_listed:
        left_out = "; ".join(map(str, not_checked))
        raise TargetError(explain_nothing_found(target) + f"; not checked: {left_out}" * bool(left_out))
    return Listing(tuple(ops), tuple(broken), tuple(not_checked), not_listed)


def name_parts(
    part: str, expansion: Expansion, listed: Sequence[ListedOp], others: Sequence[NotChecked]
) -> Iterator[NotChecked]:
    """Name what was not checked in a part of a target: with its file in a folder, where a file without ops is one
    thing."""
    if len(expansion.parts) == 1:
        yield from others
    elif not listed:
        yield NotChecked(part, "no ops in it")
    else:
        yield from (NotChecked(f"{part}:{other.name}", other.reason) for other in others)


def make_result_of_end(laws: Sequence[str], listed: ListedOp, end: TaskEnd) -> OpResult | None:
    """Make the result of an op, or of a file that could not be imported, of what a worker answered or how it ended;
    None where it was interrupted."""
    if claim := describe_crash(end):
        hint = end.hint if isinstance(end, Crash) else ""
        claim = claim.removeprefix(f"{listed.name}: ")
        return make_crash_result(laws, listed, choose_crash_law(laws), claim, hint)
    if stopped := end.reason if isinstance(end, Stop) else get_word(end, "stopped"):
        return make_unexamined_result(laws, listed, stopped, complete=False)
    if refused := get_word(end, "refused"):
        return make_unexamined_result(laws, listed, refused, complete=True)
    result = end.get("result") if isinstance(end, Mapping) else None
    return OpResult.read(result) if result else None


def describe_crash(end: TaskEnd) -> str:
    """Say how code under test, or gradcheck itself, failed; "" where it did not."""
    if isinstance(end, Crash):
        return f"the process that examined it died {end.how}"
    if error := get_word(end, "internal_error"):
        return f"internal error: {error}; a fault of gradcheck, not of this op; please report it"
    return get_word(end, "error") or get_word(end, "crashed")


def get_word(end: TaskEnd, key: str) -> str:
    """Return the text under a key of an answer, "" where there is none."""
    return str(end.get(key, "")) if isinstance(end, Mapping) else ""


def list_shared_names(found: Iterable[ListedOp]) -> set[str]:
    """List the names that several ops have."""
    return {name for name, count in Counter(listed.name for listed in found).items() if count > 1}


def name_op(listed: ListedOp, shared: Iterable[str]) -> str:
    """Return the name of an op, with its target where it shares its own."""
    return qualify_op_name(listed.target, listed.name) if listed.name in shared else listed.name


def select_ops(listing: Listing, names: Sequence[str]) -> Listing:
    """Select the named ops of a listing, all where none is named; an op that shares its name may be named with its
    target.  Raises UsageError for a name that does not exist."""
    if not names:
        return listing
    shared = list_shared_names(listing.ops)
    if not listing.broken:
        existing = [name_op(op, shared) for op in listing.ops]
        require_known_names([name for name in names if name not in shared], existing, "op")
    chosen = tuple(op for op in listing.ops if op.name in names or name_op(op, shared) in names)
    return replace(listing, ops=chosen, not_checked=())


def select_counterpart(listing: Listing, same_as: str) -> Listing:
    """Select the op that is to be compared with one of the library: the only one, or that of its name.  same_as: as of
    `Op`.  Raises UsageError where it is not clear which that is."""
    named = tuple(op for op in listing.ops if op.name == read_counterpart(same_as).name)
    if len(listing.ops) > 1 and len(named) != 1:
        found = ", ".join(qualify_op_name(op.target, op.name) for op in listing.ops)
        raise UsageError(f"which op is to be compared with {same_as!r}?  Name one as FILE:OP, of {found}")
    return replace(listing, ops=named or listing.ops, not_checked=())


def require_distinct_names(names: Iterable[str]) -> None:
    """Raise UsageError where two ops share a name."""
    for name, count in Counter(names).items():
        if count > 1:
            raise UsageError(f"{count} ops are called {name!r}; rename one")


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
