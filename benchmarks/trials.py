"""One op before the tools: what each says at the inputs of its own users, and at the first cases of our search."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from answers import Outcome, Said, asked, described, timed
from corpora import caught, correct_ops, faults, kind, name_of
from gradcheck.checking.check import check
from gradcheck.checking.op_check import OpCheck
from gradcheck.declaration.op import Op
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.records.results import OpResult
from peers import PEERS
from problem import by_hand

OURS = "gradcheck"
EXAMPLES = 100
"""What `gradcheck check` does by default."""

AGAINST = ("crashed", "failed", "imprecise", "disputed")
"""Statuses that count against a correct op."""

OF_VALUES = {"gradient", "kinks"}
"""The laws that state faults of the gradient's values, which is what every checker looks for.  Others are of its dtype,
its memory, or how it depends on the upstream."""

FAULTS, CORRECT = "faults", "correct"


@dataclass(frozen=True)
class Task:
    """Which fault or correct op, by its number; before which tools; with how many of our cases."""

    corpus: str
    number: int
    tools: tuple[str, ...]
    seed: int
    cases: int


@dataclass(frozen=True)
class Trial:
    """What one tool said of one op: at its users' inputs, which for ours are its own, and on the first of ours.

    kind: of the fault.  right: the name of the correct op beside it, or of the op itself.  of_values: whether the
    fault is of the gradient's values."""

    tool: str
    corpus: str
    name: str
    kind: str
    family: str
    right: str
    of_values: bool
    usual: Said
    generated: Said


@dataclass(frozen=True)
class Subject:
    """A fault, the laws that state it, or a correct op.  op(): built anew, since a mutant may remember.  judge: what a
    result of ours means.  stop: whether an accusation is the end of it."""

    name: str
    kind: str
    right: Op
    laws: tuple[str, ...]
    op: Callable[[], Op]
    judge: Callable[[OpResult], Said]
    stop: bool


def subject(task: Task) -> Subject:
    """What a task is about."""
    if task.corpus == CORRECT:
        one = correct_ops()[task.number]
        return Subject(one.name, "", one.op, (), lambda: one.op, of_a_correct_op, stop=False)
    fault = faults()[task.number]
    judge = partial(of_a_fault, fault)
    return Subject(fault.name, kind(fault), fault.right, tuple(fault.laws), lambda: fault.wrong, judge, stop=True)


def of_a_correct_op(result: OpResult) -> Said:
    """Any finding against it is an accusation."""
    against = [f"{f.law} {f.status}: {f.claim}" for f in result.findings if f.status in AGAINST]
    if against:
        return Said(Outcome.ACCUSED, "; ".join(against))
    return Said(Outcome.INCONCLUSIVE, silent(result)) if result.status == "inconclusive" else Said(Outcome.PASSED)


def of_a_fault(fault: object, result: OpResult) -> Said:
    """Caught only by a law that states the fault."""
    return Said(Outcome.ACCUSED) if caught(fault, result) else Said(Outcome.PASSED, silent(result))


def silent(result: OpResult) -> str:
    """The laws that did not pass, in words."""
    spoken = (v for v in result.verdicts if v.status not in ("passed", "inapplicable"))
    return "; ".join(f"{v.law} {v.status}: {v.reason or next((f.claim for f in v.findings), '')}" for v in spoken)


def tried(task: Task) -> list[Trial]:
    """All tools on one op."""
    about = subject(task)
    with silence_warnings():
        said = dict(every_tool(about, task))
    family, of_values = about.right.family.split(".")[-1], bool({*about.laws} & OF_VALUES)
    words = about.name, about.kind, family, name_of(about.right), of_values
    return [Trial(tool, task.corpus, *words, *both) for tool, both in said.items()]


def every_tool(about: Subject, task: Task) -> Iterator[tuple[str, tuple[Said, Said]]]:
    """Each tool's name, and what it says in both settings."""
    if OURS in task.tools:
        yield OURS, by_ours(about, task)
    peers = [peer for peer in PEERS if peer.name in task.tools]
    if not peers:
        return
    usual = [by_hand(about.op(), task.seed, about.right.name)]
    generated = list(islice(generate_cases(about.op(), EXAMPLES, task.seed), task.cases))
    for peer in peers:
        yield peer.name, (asked(peer, about.op(), usual), asked(peer, about.op(), generated))


class Enough(Exception):
    """The fault is caught: what comes after would not change that."""


def by_ours(about: Subject, task: Task) -> tuple[Said, Said]:
    """A default check, of a fault only until it is caught; and what had been said after the first cases of it."""
    op = about.op()
    seen, began = OpCheck(op, tuple(load_laws().values())), time.perf_counter()
    first = Said(Outcome.PASSED)

    def step(done: int) -> None:
        nonlocal first
        if done <= task.cases:
            first = timed(about.judge(seen.result()), began)
        if about.stop and about.judge(seen.result()).outcome == Outcome.ACCUSED:
            raise Enough

    try:
        result = check(op, examples=EXAMPLES, seed=task.seed, shrink=False, step=step, examination=seen)
    except Enough:
        result = seen.result()
    except Exception as error:  # a fault of ours, which is to be seen and not to stop the others
        return (Said(Outcome.ERROR, described(error), time.perf_counter() - began),) * 2
    return timed(about.judge(result), began), first
