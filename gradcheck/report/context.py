"""What a run is reported with, beside its own results."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.records.failing_cases import FAILING_CASES_FOLDER

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison
    from gradcheck.records.history import History


@dataclass(frozen=True)
class ReportContext:
    """What a run is reported with, beside its own results.

    comparison: with a baseline, None where there is none.  history: of the runs up to this one, None where none is
    kept.  brief: the answer and the claims are enough, for a format that people read in a terminal; others may ignore
    it.  folder: where the failing cases are saved, to be named in the commands that replay them.
    """

    comparison: "Comparison | None" = None
    history: "History | None" = None
    brief: bool = False
    folder: Path = FAILING_CASES_FOLDER
