"""A session: the ops of some targets, one after the other.  A clock or Ctrl-C stops it, what was found stays."""

import difflib
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

from gradcheck import kept
from gradcheck.case import Case
from gradcheck.op import LAW_NAMES, Op
from gradcheck.progress import Step
from gradcheck.verdict import OpResult, Run

if TYPE_CHECKING:
    from gradcheck.examination import Examination


class UsageError(ValueError):
    """What was asked for cannot be done; the message says what to ask for instead."""


class Overtime(BaseException):
    """An op's time is up.  Not an Exception, so that code under test lets it through."""


@dataclass(frozen=True)
class Found:
    """An op and the target it was found in, "" for the library."""

    op: Op
    target: str


@dataclass(frozen=True)
class Plan:
    """What to do with each op.  timeout: seconds, None for as long as it takes.  measure: also on the pinned corpus."""

    targets: tuple[str, ...]
    laws: tuple[str, ...]
    examples: int
    seed: int
    timeout: float | None = None
    measure: bool = False


def gather(targets: Sequence[str], names: Sequence[str]) -> list[Found]:
    """The ops of the targets, or of the library where there are none, and of these the named ones.

    Raises TargetError, and UsageError for a name that does not exist or that two ops share.
    """
    with redirect_stdout(sys.stderr):
        found = list(search(dict.fromkeys(targets)))
    if names:
        known(names, [f.op.name for f in found], "op")
        found = [f for f in found if f.op.name in names]
    for name, count in Counter(f.op.name for f in found).items():
        if count > 1:
            places = ", ".join(dict.fromkeys(f.target for f in found if f.op.name == name))
            raise UsageError(f"{count} ops are called {name!r} (in {places}); rename one, or check them one by one")
    return found


def search(targets: Iterable[str]) -> Iterator[Found]:
    """Every op of every target."""
    from gradcheck import discovery  # noqa: PLC0415
    from gradcheck.library import library  # noqa: PLC0415

    targets = list(targets)
    for target in targets:
        yield from (Found(op, target) for op in discovery.find(target))
    if not targets:
        yield from (Found(op, "") for op in library())


def known(names: Iterable[str], existing: Sequence[str], thing: str) -> None:
    """Raises UsageError for a name that does not exist, with the nearest that does."""
    for name in names:
        if name not in existing:
            near = difflib.get_close_matches(name, existing, 1)
            advice = f"did you mean {near[0]!r}? " if near else ""
            raise UsageError(f"there is no {thing} {name!r}; {advice}There are: {', '.join(existing)}")


def laws_named(names: Sequence[str]) -> tuple[str, ...]:
    """The laws to ask: all of them where none is named.  Raises UsageError."""
    known(names, LAW_NAMES, "law")
    return tuple(name for name in LAW_NAMES if name in names or not names)


def run(plan: Plan, found: Sequence[Found], step: Step) -> tuple[Run, bool]:
    """Check every op.  Returns what was found, and whether it was interrupted before the end."""
    from gradcheck.baseline import corpus_digest  # noqa: PLC0415
    from gradcheck.engine import environment  # noqa: PLC0415

    results: list[OpResult] = []
    interrupted = False
    with redirect_stdout(sys.stderr):
        for one in found:
            result, interrupted = examined(plan, one, step)
            results.append(replace(result, target=one.target))
            if interrupted:
                break
        complete = not interrupted and all(r.complete for r in results)
        # the digest runs every forward, so it is left out where one of them did not end
        corpus = corpus_digest([f.op for f in found]) if plan.measure and complete else ""
    return Run(tuple(results), plan.seed, plan.examples, plan.targets, complete, corpus, environment()), interrupted


def examined(plan: Plan, one: Found, step: Step) -> tuple[OpResult, bool]:
    """One op's result, partial where it was stopped, and whether Ctrl-C stopped it.  Failing cases are kept."""
    from gradcheck.examination import Examination  # noqa: PLC0415
    from gradcheck.laws import LAWS  # noqa: PLC0415

    declaration = kept.declaration(one.op)
    with warnings_told():
        cases = kept.cases_of(one.op.name, one.target, declaration=declaration)
    seen = Examination(one.op, [LAWS[name] for name in plan.laws])
    step(one.op.name, 0)
    interrupted = False
    try:
        with limit(plan.timeout):
            result = checked(plan, one.op, cases, seen, step)
    except (Overtime, KeyboardInterrupt) as stop:
        interrupted = isinstance(stop, KeyboardInterrupt)
        seen.complete, seen.stopped = False, "interrupted" if interrupted else str(stop)
        result = seen.result()
    with warnings_told():
        for finding in result.findings:
            kept.keep(finding, one.target, declaration=declaration)
    return result, interrupted


def checked(plan: Plan, op: Op, cases: Sequence[Case], seen: "Examination", step: Step) -> OpResult:
    """One op's whole result, with the gradient's errors on the pinned corpus where they are asked for."""
    from gradcheck.baseline import measure  # noqa: PLC0415
    from gradcheck.engine import check  # noqa: PLC0415

    told = partial(step, op.name)
    result = check(op, examples=plan.examples, seed=plan.seed, laws=plan.laws, kept=cases, step=told, examination=seen)
    return replace(result, measured=measure(op)) if plan.measure else result


@contextmanager
def warnings_told() -> Iterator[None]:
    """Warnings about kept cases, as one line each on stderr."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", kept.KeptWarning)
        yield
    for warning in heard:
        print(f"gradcheck: {warning.message}", file=sys.stderr)


@contextmanager
def limit(seconds: float | None) -> Iterator[None]:
    """Raise Overtime in the main thread after so many seconds, and again each second in case it is caught."""
    if seconds is None:
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise Overtime(f"stopped after {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
