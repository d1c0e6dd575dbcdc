"""An op by its name and target: what is known of it before it is made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ListedOp:
    """An op that was found in a target, and is made where it is checked.

    target: where it was found as reports say it, "" for the library.  source: the target that is imported for it.
    family: the group under which reports list it.  file, line: of its backward, "" and 0 where there is no source.
    axes: the axes of all its inputs, 0 where they are not known.
    """

    name: str
    target: str
    source: str = ""
    family: str = ""
    file: str = ""
    line: int = 0
    axes: int = 0
