"""The command that examines the corpus of mutants: python -m tests.corpus.mutants.

It prints how many mutants of each op and operator are caught, and names every one that is missed; where one of them is
not known to be rare, it exits with 1.
With --equivalent it compares the mutants that are said to be right with their ops instead.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from tabulate import tabulate

from tests.corpus.equivalent import EQUIVALENT
from tests.corpus.mutants import EXAMPLES, OPS, accused, corpus, differs, generated
from tests.corpus.operators import OPERATORS
from tests.corpus.rare import RARE

Judged = list[tuple[str, str, str, bool]]
"""Of each mutant: its operator, its name, its place, and whether it is caught."""

Cells = Counter[tuple[str, str]]
"""Mutants by op and operator."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where a mutant is missed, or one that is said to be right is not."""
    asked = parse(arguments)
    names = [asked.op] if asked.op else list(OPS)
    return compare(names, asked.equivalent, asked.jobs) if asked.equivalent else convict(names, asked)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser("python -m tests.corpus.mutants", description="Is every mutant caught?")
    parser.add_argument("--sample", type=int, metavar="N", help="examine N mutants, chosen by the seed")
    parser.add_argument("--seed", type=int, default=0, help="of the cases, as in gradcheck check")
    parser.add_argument("--op", choices=list(OPS), metavar="NAME", help="examine the mutants of one op")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes")
    parser.add_argument("--equivalent", type=int, metavar="N", help="compare those that are right on N cases")
    return parser.parse_args(arguments)


def convict(names: Sequence[str], asked: argparse.Namespace) -> int:
    """Examine the mutants of these ops."""
    chosen = sampled(names, asked.sample, asked.seed)
    caught, missed, unseen = Cells(), Cells(), []
    for name, rows in in_turn(partial(judged, seed=asked.seed, chosen=chosen), names, asked.jobs):
        for operator, words, place, found in rows:
            (caught if found else missed)[name, operator] += 1
            unseen += [] if found else [(words, place)]
    print(table(caught, missed))
    total = caught.total() + missed.total()
    print(f"\n{caught.total()} of {total} caught, seed {asked.seed}, {EXAMPLES} examples")
    for name, place in unseen:
        print(f"missed  {name}  {place}" + (f"  {RARE[name]}" if name in RARE else ""))
    return int(any(name not in RARE for name, _ in unseen))


def sampled(names: Sequence[str], count: int | None, seed: int) -> frozenset[str] | None:
    """The names of the mutants to examine; None for all."""
    if count is None:
        return None
    known = [mutant.name for name in names for mutant in corpus(name)]
    return frozenset(random.Random(seed).sample(known, min(count, len(known))))


def judged(name: str, seed: int, chosen: frozenset[str] | None) -> Judged:
    """The mutants of one op, those that are chosen."""
    return [
        (mutant.operator.name, mutant.name, mutant.source, accused(mutant, seed) is not None)
        for mutant in corpus(name)
        if chosen is None or mutant.name in chosen
    ]


def in_turn(work: Callable[[str], Any], names: Sequence[str], jobs: int) -> Iterator[tuple[str, Any]]:
    """What work gives for each name, in order, by so many processes; on a terminal, how far it is."""
    with ProcessPoolExecutor(jobs) as pool:
        results = map(work, names) if jobs == 1 else pool.map(work, names)
        for done, (name, result) in enumerate(zip(names, results, strict=True), 1):
            if sys.stderr.isatty():
                end = "\n" if done == len(names) else ""
                print(f"\r{done}/{len(names)} {name:<40}", end=end, file=sys.stderr, flush=True)
            yield name, result


def table(caught: Cells, missed: Cells) -> str:
    """Caught / missed mutants, a row for each op and a column for each operator, by its letter."""
    names = list(dict.fromkeys(operator.name for operator in OPERATORS))
    letters = [chr(ord("a") + i) if i < 26 else chr(ord("A") + i - 26) for i in range(len(names))]
    ops = sorted({op for op, _ in caught + missed})
    rows = [[op, *(cell(caught[op, name], missed[op, name]) for name in names)] for op in ops]
    total = [
        cell(*(sum(n for (_, o), n in cells.items() if o == name) for cells in (caught, missed))) for name in names
    ]
    legend = "\n".join(f"{letter}  {name}" for letter, name in zip(letters, names, strict=True))
    return f"{legend}\n\n{tabulate([*rows, ['all', *total]], ['caught/missed', *letters], disable_numparse=True)}"


def cell(caught: int, missed: int) -> str:
    """Two numbers as one; nothing for none, one where none is missed."""
    return f"{caught}/{missed}" if missed else str(caught or "")


def compare(names: Sequence[str], examples: int, jobs: int) -> int:
    """Compare the mutants that are said to be right with their ops."""
    wrong = 0
    for _, rows in in_turn(partial(compared, examples=examples), names, jobs):
        for words, agrees in rows:
            print(f"{'agrees' if agrees else 'DIFFERS'}  {words}")
            wrong += not agrees
    known = {mutant.name for name in names for mutant in generated(name)}
    gone = [name for name in EQUIVALENT if name.partition(":")[0] in names and name not in known]
    for name in gone:
        print(f"GONE  {name}")
    return int(bool(wrong or gone))


def compared(name: str, examples: int) -> list[tuple[str, bool]]:
    """Each mutant of one op that is said to be right, and whether it agrees with the op on so many cases."""
    right = (mutant for mutant in generated(name) if mutant.name in EQUIVALENT)
    return [(f"{m.name}: {EQUIVALENT[m.name]}", differs(m, examples) is None) for m in right]
