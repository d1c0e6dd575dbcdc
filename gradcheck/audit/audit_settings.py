"""How a class is audited: the same for every submission, and sent to each process."""

from dataclasses import dataclass
from pathlib import Path

from gradcheck.audit.assignment import Assignment
from gradcheck.audit.assignment_reading import read_assignment
from gradcheck.audit.solution_assignment import assignment_of_solution

EXAMPLES = 25
"""Cases for each function."""
FUNCTION_SECONDS = 60.0
"""Seconds of the processor for each function of a submission."""


@dataclass(frozen=True)
class AuditSettings:
    """How a class is audited.

    assignment: its name or the path of its file, "" where solution is the path of the instructor's.  minimum: the least
    isolation.  unsafe: go on below it.  seconds: for each function of a submission.
    """

    assignment: str = ""
    solution: str = ""
    examples: int = EXAMPLES
    seed: int = 0
    seconds: float = FUNCTION_SECONDS
    minimum: str = "confined"
    unsafe: bool = False

    def read_assignment(self) -> Assignment:
        """Read what is asked for.  Raises AssignmentError."""
        return assignment_of_solution(Path(self.solution)) if self.solution else read_assignment(self.assignment)
