"""A right piece of a submission in somebody's style, and a mistake that a student would make in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

Edit = tuple[str, str]
"""A piece of a text that occurs there once, and what stands in its place after the edit."""

VALUE, GRADIENT = "value", "gradient"
"""The parts of a row that have points."""


@dataclass(frozen=True)
class Style:
    """Right code for one row of an assignment, or for several that share functions.

    name: of the style, which no other style of these rows has.  rows: the names of the rows.  text: the functions, with
    what they call beside what the rows of `after` define.
    """

    name: str
    rows: tuple[str, ...]
    text: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mistake:
    """A style with a mistake.

    name: of the mistake.  style: the right code.  wrong: the part that is wrong first, by row; the other rows of the
    style stay right.  edits: what is exchanged in the text.
    """

    name: str
    style: Style
    wrong: Mapping[str, str]
    edits: tuple[Edit, ...]

    @cached_property
    def text(self) -> str:
        """The wrong text.  Raises ValueError where what is edited does not occur once."""
        text = self.style.text
        for before, after in self.edits:
            if text.count(before) != 1:
                raise ValueError(f"{self.name} in {self.style.name}: {before!r} occurs {text.count(before)} times")
            text = text.replace(before, after)
        return text


def make_mistake(name: str, style: Style, part: str, *edits: Edit, rows: tuple[str, ...] = ()) -> Mistake:
    """Make a mistake of all rows of a style, or of some of them."""
    return Mistake(name, style, dict.fromkeys(rows or style.rows, part), edits)
