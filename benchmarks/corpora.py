"""What the tools are tried on: faults that must be caught, and correct ops that must be left alone."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from gradcheck.checking.op_check import OpCheck
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.isolation import silence_warnings
from right_programs import PROGRAMS

TESTS = Path(__file__).parents[1] / "tests"
REPORTED = "reported"
"""The kind of a fault that somebody made and reported; a mutant's is what was changed."""

Fault = Any
"""name, wrong, right, laws, source: as tests/corpus has it, which is no part of the package."""


@dataclass(frozen=True)
class Correct:
    """A correct op, under a name that no other has."""

    name: str
    op: Op


def from_tests(name: str) -> Any:
    """A module of this checkout's tests/corpus, which is not installed; other folders that hold a package `tests` may
    stand on the path before it."""
    if "tests" not in sys.modules:
        sys.modules["tests"] = package_in(TESTS)
    return importlib.import_module(f"tests.corpus.{name}")


def package_in(folder: Path) -> ModuleType:
    """The package in a folder, whose modules are then found there."""
    spec = importlib.util.spec_from_file_location(folder.name, folder / "__init__.py")
    if spec is None:
        raise ImportError(f"{folder} holds no package")
    return importlib.util.module_from_spec(spec)


@cache
def reported() -> tuple[Fault, ...]:
    """Faults that people made and reported."""
    return tuple(from_tests("reported").REPORTED)


@cache
def faults() -> tuple[Fault, ...]:
    """Every reported fault and every mutant, the same order each time; mutants that are no faults among them."""
    return (*reported(), *(mutant for op in load_library_ops() for mutant in from_tests("mutation").mutants(op)))


def chosen_faults(count: int | None, seed: int, among: Callable[[Fault], bool] = lambda fault: True) -> list[int]:
    """The numbers of all faults that are among some, or of a seeded sample, in order."""
    order = np.random.default_rng(seed).permutation(len(faults()))
    chosen = (number for number in order if is_fault(faults()[number]) and among(faults()[number]))
    return sorted(map(int, islice(chosen, count)))


def is_fault(fault: Fault) -> bool:
    """Whether a mutant is one: it runs, and it is not right by another way."""
    if kind(fault) == REPORTED:
        return True
    with silence_warnings():
        return fault.name not in from_tests("equivalent").EQUIVALENT and not from_tests("mutants").stillborn(fault)


@cache
def correct_ops() -> tuple[Correct, ...]:
    """The library, the lawful ops of the tests, and what the reported faults should have been, each once."""
    found = [Correct(op.name, op) for op in load_library_ops()]
    found += [Correct(f"lawful {op.name}", op) for op in from_tests("lawful").OPS]
    found += [Correct(f"instead of {fault.name}", fault.right) for fault in reported()]
    return tuple({identity(one.op): one for one in reversed(found)}.values())[::-1]


@cache
def programs() -> tuple[Correct, ...]:
    """The right programs in the styles of others, each with the reference and the precision that a check finds."""
    return tuple(Correct(program.name, OpCheck(program.op, ()).op) for program in PROGRAMS)


FAMILIES = {"library": (correct_ops,), "styles": (programs,), "all": (correct_ops, programs)}


@cache
def correct_of(family: str) -> tuple[Correct, ...]:
    """The correct ops of a family, the same order each time."""
    return tuple(one for ops in FAMILIES[family] for one in ops())


def identity(op: Op) -> tuple[Any, ...]:
    """What tells one op from another, whatever they are called."""
    return op.forward, op.backward, op.reference, str(op.inputs), str(op.settings), str(op.sizes)


@cache
def names() -> dict[tuple[Any, ...], str]:
    """The name of each correct op by its identity."""
    return {identity(one.op): one.name for one in correct_ops()}


def name_of(op: Op) -> str:
    """The name under which a correct op is tried; its own where it is not."""
    return names().get(identity(op), op.name)


def kind(fault: Fault) -> str:
    """What was changed in a mutant; REPORTED of others."""
    operator = getattr(fault, "operator", None)
    return REPORTED if operator is None else str(getattr(operator, "name", operator))


def caught(fault: Fault, result: Any) -> bool:
    """Whether one of the fault's own laws found it."""
    return bool(from_tests("corpus").caught(fault, result))


def chosen_correct(count: int | None, seed: int, beside: Iterable[int]) -> list[int]:
    """The numbers of all correct ops, or of a seeded sample, and those beside the faults of these numbers."""
    every, rights = correct_ops(), {name_of(faults()[number].right) for number in beside}
    order = np.random.default_rng(seed).permutation(len(every))[:count]
    return sorted({*map(int, order), *(i for i, one in enumerate(every) if one.name in rights)})
