"""Subject: the part of an op that a finding is about."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """The functions of an op that may raise."""

    FORWARD = "forward"
    BACKWARD = "backward"
    REFERENCE = "reference"


class SubjectKind(StrEnum):
    """The kinds of subjects."""

    OP = "op"
    INPUT = "input"
    OUTPUT = "output"
    FUNCTION = "function"


@dataclass(frozen=True)
class Subject:
    """An input (its gradient), an output, a function, or the op as a whole, which has no name."""

    kind: SubjectKind = SubjectKind.OP
    name: str = ""

    @classmethod
    def of_input(cls, label: str) -> "Subject":
        """Return the gradient of an input as a subject; the whole op where there is no label."""
        return cls(SubjectKind.INPUT, label) if label else WHOLE_OP

    @classmethod
    def of_output(cls, name: str) -> "Subject":
        """Return an output as a subject."""
        return cls(SubjectKind.OUTPUT, name)

    @classmethod
    def of_function(cls, part: Part) -> "Subject":
        """Return a function that raised as a subject."""
        return cls(SubjectKind.FUNCTION, part.value)

    def __str__(self) -> str:
        return self.name


WHOLE_OP = Subject()
