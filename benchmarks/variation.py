"""Verdicts on faults and correct ops with every factor halved and doubled: plain data, ready for JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from answers import Outcome, Said
from corpora import chosen_correct, chosen_faults, reported
from gradcheck.oracles import error_factors
from processes import shared_out
from scaled import DERIVED, LEFT_OUT, scaled, written
from tournament import environment
from trials import CORRECT, EXAMPLES, FAULTS, OURS, Task, tried

SCHEMA = "gradcheck-factors/1"
WAYS = {"halved": 0.5, "doubled": 2.0}

Data = dict[str, Any]
Changes = dict[tuple[str, str], Said]
"""What is said of an op, by factor and way."""


@dataclass(frozen=True)
class Plan:
    """How much to try: faults, correct ops, and which factors."""

    sample: int
    correct: int
    seed: int
    factors: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """A fault or a correct op by its number, and what it is tried with."""

    corpus: str
    number: int
    seed: int
    factors: tuple[str, ...]


def sampled(count: int, seed: int) -> list[int]:
    """The numbers of faults, half of them drawn from those that somebody made and reported, which are few among all and
    subtler than a mutant."""
    drawn = chosen_faults(count - count // 2, seed)
    order = np.random.default_rng(seed).permutation(len(reported()))
    return sorted({*drawn, *[int(number) for number in order if number not in drawn][: count // 2]})


def tried_with_all(subject: Subject) -> tuple[str, str, Said, Changes]:
    """The corpus and name of one op, what a default check says of it, and what it says otherwise once a factor is
    scaled."""
    task = Task(subject.corpus, subject.number, (OURS,), subject.seed, cases=0)
    (unchanged,) = tried(task)
    changes: Changes = {}
    for name in subject.factors:
        for way, factor in WAYS.items():
            with scaled(name, factor):
                (trial,) = tried(task)
            if trial.usual.outcome != unchanged.usual.outcome:
                changes[name, way] = trial.usual
    return subject.corpus, unchanged.name, unchanged.usual, changes


def varied(plan: Plan, jobs: int) -> Data:
    """Everything."""
    numbers = [(CORRECT, n) for n in chosen_correct(plan.correct, plan.seed, beside=())]
    numbers += [(FAULTS, n) for n in sampled(plan.sample, plan.seed)]
    subjects = [Subject(*both, plan.seed, plan.factors) for both in numbers]
    results, complete = shared_out(tried_with_all, subjects, jobs)
    return {
        "schema": SCHEMA,
        "plan": {**asdict(plan), "factors": list(plan.factors), "examples": EXAMPLES},
        "environment": environment(),
        "complete": complete,
        "unchanged": unchanged(results),
        "factors": {
            name: {"value": written(getattr(error_factors, name)), **{way: changed(results, name, way) for way in WAYS}}
            for name in plan.factors
        },
        "derived": DERIVED,
        "left_out": LEFT_OUT,
    }


def unchanged(results: Sequence[tuple[str, str, Said, Changes]]) -> Data:
    """What a default check says of the sample."""
    said = {corpus: {name: s for c, name, s, _ in results if c == corpus} for corpus in (FAULTS, CORRECT)}
    return {
        "faults": len(said[FAULTS]),
        "missed": {name: s.words for name, s in said[FAULTS].items() if s.outcome != Outcome.ACCUSED},
        "correct": len(said[CORRECT]),
        "accused": {name: s.words for name, s in said[CORRECT].items() if s.outcome == Outcome.ACCUSED},
    }


def changed(results: Sequence[tuple[str, str, Said, Changes]], factor: str, way: str) -> Data:
    """Faults that are caught no longer, correct ops that are now accused, and whatever else is judged otherwise."""
    found: Data = {"lost": {}, "accused": {}, "other": {}}
    for corpus, name, before, changes in results:
        if after := changes.get((factor, way)):
            if corpus == FAULTS and before.outcome == Outcome.ACCUSED:
                found["lost"][name] = after.words
            elif corpus == CORRECT and after.outcome == Outcome.ACCUSED:
                found["accused"][name] = after.words
            else:
                found["other"][name] = f"{before.outcome} → {after.outcome}: {after.words}".removesuffix(": ")
    return found
