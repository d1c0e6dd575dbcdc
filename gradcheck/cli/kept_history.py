"""A history file that a run is appended to, and whose trends its report shows."""

from dataclasses import dataclass
from pathlib import Path

from gradcheck.cli.files import require_writable
from gradcheck.records.history import History, HistoryEntry, HistoryError
from gradcheck.records.history_file import append_to_history, read_history_so_far
from gradcheck.records.results import Run
from gradcheck.running.commit import choose_time, find_commit
from gradcheck.running.session import UsageError


@dataclass(frozen=True)
class KeptHistory:
    """A file, and what it held before a run."""

    path: Path
    before: History

    @classmethod
    def open(cls, path: Path) -> "KeptHistory":
        """Read a file, which need not exist.  Raises HistoryError and UsageError where a record cannot be appended to
        it, before a long run and not after it."""
        require_writable(path)
        return cls(path, read_history_so_far(path))

    def extend(self, run: Run, folder: Path) -> History:
        """Return the history with a record of a run at its end, which is not yet in the file.  folder: whose commit was
        checked."""
        commit = find_commit(folder)
        entry = HistoryEntry.of_run(run, choose_time(commit), commit)
        return History((*self.before.entries, entry), self.before.broken)

    def append_last(self, history: History) -> None:
        """Append the last record of a history to the file.  Raises UsageError where it cannot be written."""
        try:
            append_to_history(history.entries[-1], self.path)
        except HistoryError as error:
            raise UsageError(str(error)) from error
