"""A patch: an edit of one line that makes wrong code right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

Moved = Literal["", "before the loop", "behind the loop"]
"""Where a patch puts its line: where it stands, or before or behind the outermost loop around it."""


@dataclass(frozen=True)
class Patch:
    """One line of code under test, as it is and as it would be right.

    Parameters
    ----------
    file : str
        The file of the line.
    line : int
        Its number, from 1.
    before, after : str
        Its text, without the indentation.
    cases : int
        The number of cases in which the edited code was tried, and right.
    moved : {"", "before the loop", "behind the loop"}, optional
        Where its text stands afterwards, "" for where it stands now.
    """

    file: str
    line: int
    before: str
    after: str
    cases: int
    moved: Moved = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Patch":
        """Return the patch that encode_record wrote.  Raises KeyError, TypeError and ValueError where the data is
        broken."""
        if data["moved"] not in get_args(Moved):
            raise ValueError(f"a line is not moved {data['moved']!r}")
        moved = cast(Moved, data["moved"])
        texts = str(data["before"]), str(data["after"])
        return cls(str(data["file"]), int(data["line"]), *texts, int(data["cases"]), moved)
