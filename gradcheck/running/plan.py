"""The plan of a run: how every op is checked."""

from dataclasses import dataclass
from pathlib import Path

from gradcheck.records import failing_cases


@dataclass(frozen=True)
class Plan:
    """How every op of a run is checked.

    timeout: seconds for each op, None for no limit.  measure: also measure the gradient's errors on the pinned cases.
    same_as: the op of the library whose golden vectors are the cases, "" for generated ones.
    solution: a target with right ops, whose formulas values are compared with, "" for none.
    arbitrate_all: let XLA run every case, not only the first of a pattern.  largest: elements of a case with a long
    axis, None for the default.  folder: where failing cases are saved.
    """

    targets: tuple[str, ...]
    laws: tuple[str, ...]
    examples: int
    seed: int
    timeout: float | None = None
    measure: bool = False
    arbitrate_all: bool = False
    solution: str = ""
    largest: int | None = None
    same_as: str = ""
    folder: Path = failing_cases.FAILING_CASES_FOLDER
