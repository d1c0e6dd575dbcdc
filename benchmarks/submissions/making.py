"""A class of submissions, made from a seed: the same seed gives the same bytes, and what an audit must say of each."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradcheck.audit.assignment import Assignment
from submissions.packaging import pack
from submissions.piece import Style
from submissions.supply import Change, Expected, Supply, keep_right
from submissions.treatments import RIGHT, WARNED

HOSTILE_GROUPS = {"hostile", "crashing", "endless"}
ALONE_GROUPS = {"crashing", "endless", "whole file"}
"""Changes that no other stands beside in a submission."""
JUDGED = {"right", "right, with warnings", "wrong", "crashed", "endless"}
"""States of rows that others can build on."""
UPSTREAM_NAMES, CACHE_NAMES = ("dout", "dout", "upstream", "dY", "grad_output"), ("cache", "cache", "memo", "stored")


@dataclass(frozen=True)
class Made:
    """A submission.  files: by their paths below the folder of the class.  what: was done to it, in words; expected:
    by row."""

    name: str
    group: str
    what: tuple[str, ...]
    files: Mapping[str, bytes]
    expected: Mapping[str, Expected]


def make_class(
    supply: Supply, count: int, seed: int = 0, share_right: float = 0.5, share_hostile: float | None = None
) -> tuple[Made, ...]:
    """Make a class of submissions.

    share_right: of submissions in which all is right.  share_hostile: of those that crash, never end or attack; None
    deals them out as often as other changes.
    """
    choices = random.Random(f"{seed}/{supply.assignment.name}")
    plans = deal(supply, count, choices, share_right, share_hostile)
    return tuple(make_submission(supply, f"student{i:05d}", plan, seed) for i, plan in enumerate(plans))


def deal(
    supply: Supply, count: int, choices: random.Random, share_right: float, share_hostile: float | None
) -> list[list[Change]]:
    """Deal changes out to submissions, each change once before any is dealt twice."""
    every = supply.list_changes()
    attacks = [change for change in every if change.group in HOSTILE_GROUPS]
    others = [change for change in every if share_hostile is None or change.group not in HOSTILE_GROUPS]
    right, hostile = round(count * share_right), round(count * (share_hostile or 0))
    plans: list[list[Change]] = [[] for _ in range(count)]
    deal_out(attacks, plans[right : right + hostile], choices)
    deal_out(others, plans[right + hostile :], choices)
    choices.shuffle(plans)
    return plans


def deal_out(changes: Sequence[Change], plans: Sequence[list[Change]], choices: random.Random) -> None:
    """Give each change to a plan that it fits in, to one with the fewest first, until each plan has one; those
    that stand alone to a third of the plans at most."""
    lonely = plans[: max(1, len(plans) // 3)]
    while not all(plans):
        for change in sorted(choices.sample(list(changes), len(changes)), key=lambda c: c.group not in ALONE_GROUPS):
            places = lonely if change.group in ALONE_GROUPS else plans
            fitting = [plan for plan in places if all(is_compatible(change, other) for other in plan)]
            if fitting:
                min(fitting, key=len).append(change)


def is_compatible(change: Change, other: Change) -> bool:
    """Whether two changes can stand in one submission: what one concerns, the other does not build on."""
    mine, theirs = {*change.style.rows}, {*other.style.rows}
    built = (mine & {*theirs, *other.style.after}) | (theirs & {*change.style.after})
    return not built and not {change.group, other.group} & ALONE_GROUPS


def make_submission(supply: Supply, name: str, plan: Sequence[Change], seed: int) -> Made:
    """Make one submission, with these changes and right styles for all other rows."""
    choices = random.Random(f"{seed}/{name}")
    changed = {row: change for change in plan for row in change.style.rows}
    spoilt = {row for row, c in changed.items() if c.expected[row].state in JUDGED - {RIGHT, WARNED}}
    chosen = [*{id(c): c for c in changed.values()}.values(), *choose_right(supply, {*changed}, choices)]
    chosen = [c for c in chosen if not spoilt & {*c.style.after}]
    texts = [(c.style, c.text) for c in sorted(chosen, key=lambda c: len(c.style.after)) if c.text]
    expected = {row: state for change in chosen for row, state in change.expected.items()}
    groups = sorted({change.group for change in plan}) or ["right"]
    preamble = next((c.text for c in plan if not c.style.rows), "")
    if preamble:
        expected, files = dict(plan[0].expected), {f"{name}.py": join_texts(preamble, texts).encode()}
    else:
        files = pack(name, rename(texts, choices), choices)
    settled = settle(supply.assignment, expected)
    return Made(name, "+".join(groups), tuple(c.what for c in plan), files, settled)


def join_texts(preamble: str, texts: Sequence[tuple[Style, str]]) -> str:
    """The text of a module that begins with something."""
    return "\n\n".join(["import numpy as np", preamble, *(text for _, text in texts)])


def choose_right(supply: Supply, taken: set[str], choices: random.Random) -> list[Change]:
    """Choose a right style for each row that is not taken."""
    chosen, taken = [], set(taken)
    for row in supply.rows:
        fitting = [s for s in supply.styles if row in s.rows and not taken & {*s.rows}]
        if row not in taken and fitting:
            style = choices.choice(fitting)
            taken |= {*style.rows}
            chosen.append(keep_right(style))
    return chosen


def rename(texts: Sequence[tuple[Style, str]], choices: random.Random) -> list[tuple[Style, str]]:
    """Rename what is handed to backward, as this student calls it."""
    names = {"dout": choices.choice(UPSTREAM_NAMES), "cache": choices.choice(CACHE_NAMES)}
    return [(style, re.sub(r"\b(dout|cache)\b", lambda m: names[m[0]], text)) for style, text in texts]


def settle(assignment: Assignment, expected: Mapping[str, Expected]) -> dict[str, Expected]:
    """Return what becomes of each row: one that needs what is not there is skipped, one of which nothing is there is
    not found."""
    settled: dict[str, Expected] = {}
    for asked in assignment.functions:
        is_skipped = any(settled[need].state not in JUDGED for need in asked.needs if need in settled)
        settled[asked.name] = Expected("skipped") if is_skipped else expected.get(asked.name, Expected("not found"))
    return settled


def write_class(made: Sequence[Made], folder: Path) -> None:
    """Write the files of a class."""
    for submission in made:
        for path, data in submission.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
