"""Assignments: the functions that a course asks for, with the conventions that are right and the points of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradcheck.laws.registry import load_laws

ASSIGNMENT_FOLDER = Path(__file__).parent / "assignments"
"""The assignments that come with gradcheck: NAME.toml and the model answers beside it."""

DISPLAYS = ("counterexample", "hint", "none")
"""What a student is shown of a finding: all of it, what is wrong without the numbers, or only that it is wrong."""


def list_lenient_laws() -> tuple[str, ...]:
    """List the laws whose findings cost no points where an assignment does not say which: courses accept a backward
    that works in the place of its upstream, any gradient at a kink, and a forward that overflows far out."""
    return tuple(name for name, law in load_laws().items() if law.is_lenient)


class AssignmentError(ValueError):
    """An assignment that cannot be read; the message says where, what is wrong, and what to write instead."""


@dataclass(frozen=True)
class Points:
    """The points of one function: for a right value, for a right gradient, and for both together."""

    value: float = 1
    gradient: float = 2
    both: float = 0

    @property
    def total(self) -> float:
        """All points that can be had."""
        return self.value + self.gradient + self.both


@dataclass(frozen=True)
class Variant:
    """One convention by which a function may be written.

    name: what is different in it, "" for the main one.  forward, backward: the names that are asked for in a
    submission; backward is "" where one thing holds both.  adapter: the calling convention, "" where it is recognised.
    model_forward, model_backward, reference: the names in the model file, "" for none.  through, through_backward:
    functions of the model file that call what is asked for: it is their first argument.  options: further keyword
    arguments of `adapt`; kinks is a name in the model file.
    """

    forward: str
    backward: str = ""
    adapter: str = ""
    model_forward: str = ""
    model_backward: str = ""
    reference: str = ""
    through: str = ""
    through_backward: str = ""
    name: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AskedFunction:
    """One function that is asked for: a row of the results.

    main, accept: the convention of the handout, and others that are as right.  needs: the rows without which this one
    is not marked.  random: whether it draws at random, so that its draws have to be fixed.
    """

    name: str
    main: Variant
    accept: tuple[Variant, ...] = ()
    points: Points = field(default_factory=Points)
    needs: tuple[str, ...] = ()
    random: bool = False

    @property
    def variants(self) -> tuple[Variant, ...]:
        """All conventions that are right, the main one first."""
        return (self.main, *self.accept)


@dataclass(frozen=True)
class Assignment:
    """What a course asks for.

    name: by which it is chosen.  model: the file of model answers.  warn, skip: the laws whose findings cost no points,
    and those that are not examined.  show: one of DISPLAYS.
    """

    name: str
    title: str
    model: Path
    functions: tuple[AskedFunction, ...]
    source: str = ""
    warn: tuple[str, ...] = field(default_factory=list_lenient_laws)
    skip: tuple[str, ...] = ()
    show: str = DISPLAYS[0]

    @property
    def points(self) -> float:
        """All points that can be had."""
        return sum(function.points.total for function in self.functions)


def list_assignments() -> tuple[str, ...]:
    """List the names of the assignments that come with gradcheck."""
    return tuple(sorted(path.stem for path in ASSIGNMENT_FOLDER.glob("*.toml")))
