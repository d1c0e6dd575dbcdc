"""What submissions are made of: for each row of an assignment right styles, mistakes, and other things that happen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradcheck.audit.assignment import Assignment
from gradcheck.audit.assignment_reading import read_assignment
from submissions import (
    affine,
    batch_normalisation,
    classifiers,
    convolution,
    coursera,
    dropout,
    losses,
    nets,
    normalisation,
    pooling,
    recurrent,
    relu,
)
from submissions.piece import Mistake, Style
from submissions.treatments import ENDLESS, RIGHT, TREATMENTS, UNLOADABLE, WRONG, Treatment

COURSES = {
    "cs231n_a1": (classifiers, affine, relu, losses),
    "cs231n_a2": (affine, relu, losses, batch_normalisation, normalisation, dropout, convolution, pooling, nets),
    "cs231n_a3": (recurrent,),
    "coursera_dl": (coursera,),
}
"""The modules with pieces of each assignment."""
WHOLE = {
    "Python 2": ('print "loading"\n', UNLOADABLE),
    "cut off": ("def helper(x:\n", UNLOADABLE),
    "an endless class": ("class Setup:\n    while True:\n        pass\n", ENDLESS),
}
"""What stands first in a file and spoils all of it."""


@dataclass(frozen=True)
class Expected:
    """What an audit must say of a row: its state, and the part that is wrong first, "" where none is."""

    state: str
    part: str = ""


@dataclass(frozen=True)
class Change:
    """A style as it stands in a submission, with what was done to it.  group: right, wrong, or that of a treatment."""

    style: Style
    text: str
    group: str
    what: str
    expected: Mapping[str, Expected]


@dataclass(frozen=True)
class Supply:
    """What submissions of an assignment are made of: its rows, and the styles, mistakes and treatments of them."""

    assignment: Assignment
    styles: tuple[Style, ...]
    mistakes: tuple[Mistake, ...]

    @classmethod
    def of(cls, name: str, rows: Sequence[str] = ()) -> "Supply":
        """The supply of an assignment.  rows: those that are asked for, all where none are named."""
        assignment = read_assignment(name)
        asked = {f.name for f in assignment.functions if not rows or f.name in rows}
        modules = COURSES[assignment.name]
        styles = tuple(s for m in modules for s in m.STYLES if asked & {*s.rows})
        mistakes = tuple(x for m in modules for x in m.MISTAKES if x.style in styles)
        kept = tuple(f for f in assignment.functions if f.name in asked)
        return cls(Assignment(assignment.name, assignment.title, assignment.model, kept), styles, mistakes)

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows that are asked for."""
        return tuple(f.name for f in self.assignment.functions)

    def list_changes(self) -> list[Change]:
        """Return each mistake, and each treatment of one style."""
        changes = [make_wrong(mistake) for mistake in self.mistakes]
        treatable = [style for style in self.styles if not style.after and self.name_functions(style)]
        for i, treatment in enumerate(TREATMENTS):
            fitting = [s for s in treatable if {*treatment.places} <= {*self.name_functions(s)}]
            changes += [self.treat(fitting[i % len(fitting)], treatment)] if fitting else []
        return changes + self.list_losses()

    def list_losses(self) -> list[Change]:
        """Return what is lost: one style of each row, and whole files."""
        lost = [
            Change(style, "", "missing", f"{style.rows[0]} left out", dict.fromkeys(style.rows, Expected("not found")))
            for style in {s.rows: s for s in self.styles}.values()
        ]
        whole = [
            Change(Style(what, (), ""), text, name_group(state), what, dict.fromkeys(self.rows, Expected(state)))
            for what, (text, state) in WHOLE.items()
        ]
        return lost + whole

    def name_functions(self, style: Style) -> dict[str, str]:
        """Return the names of the functions of a style that is called as it is, by place."""
        row = next((f for f in self.assignment.functions if f.name == style.rows[0]), None)
        if row is None or row.main.through or len(style.rows) > 1:
            return {}
        names = {"forward": row.main.forward, "backward": row.main.backward}
        return {place: name for place, name in names.items() if name}

    def treat(self, style: Style, treatment: Treatment) -> Change:
        """Return a style with a treatment."""
        text = treatment.apply(style.text, self.name_functions(style))
        state = dict.fromkeys(style.rows, Expected(treatment.state, treatment.part))
        return Change(style, text, treatment.group, treatment.name, state)


def name_group(state: str) -> str:
    """Return the group of a submission whose whole file is spoilt."""
    return "endless" if state == ENDLESS else "whole file"


def make_wrong(mistake: Mistake) -> Change:
    """Return a style with a mistake."""
    rows = {r: Expected(WRONG, mistake.wrong[r]) if r in mistake.wrong else Expected(RIGHT) for r in mistake.style.rows}
    return Change(mistake.style, mistake.text, "wrong", f"{mistake.name} ({mistake.style.name})", rows)


def keep_right(style: Style) -> Change:
    """Return a style as it is."""
    return Change(style, style.text, "right", style.name, dict.fromkeys(style.rows, Expected(RIGHT)))
