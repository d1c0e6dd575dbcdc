"""A patch: an edit of one line that makes wrong code right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
    """

    file: str
    line: int
    before: str
    after: str
    cases: int

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Patch":
        """Return the patch that encode_record wrote.  Raises KeyError, TypeError and ValueError where the data is
        broken."""
        return cls(str(data["file"]), int(data["line"]), str(data["before"]), str(data["after"]), int(data["cases"]))
