"""How much a student is shown."""

from enum import StrEnum


class Show(StrEnum):
    """How much the pages and the gradebooks tell a student.

    COUNTEREXAMPLE: all that is known: cause, patch, figures, the case.  HINT: the mistake in words, no number of a
    case, no patch.  NONE: points and states alone.
    """

    COUNTEREXAMPLE = "counterexample"
    HINT = "hint"
    NONE = "none"
