"""The task of a worker process: audit one submission."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.remote_session import WAITING
from gradcheck.audit.submission import Submissions
from gradcheck.audit.submissions import collect_submissions
from gradcheck.records.codec import encode_record
from gradcheck.running.time_limit import Phase

if TYPE_CHECKING:
    from gradcheck.audit.auditor import Auditor
    from gradcheck.running.tasks import Answer, Channel

SPARE_SECONDS = 60.0
"""Seconds of a task beside those of its functions: to load the model answers, and to start the sandbox."""


@dataclass(frozen=True)
class AuditTask:
    """Audit one submission.

    path: of the class, as it was given.  single: as of `collect_submissions`.  functions: how many are asked for.
    """

    path: str
    single: bool | None
    student: str
    settings: AuditSettings
    functions: int

    @property
    def timeout(self) -> float:
        """Seconds for all of it."""
        return SPARE_SECONDS + self.functions * WAITING * self.settings.seconds

    def run(self, channel: "Channel") -> "Answer":
        """Answer with the result.  Raises KeyboardInterrupt where it is stopped."""
        channel.begin_phase(Phase.CHECK)
        with channel.accept_interrupts():
            return {"result": self.audit()}

    def audit(self) -> Mapping[str, Any]:
        """Audit the submission in this process, and return its result as JSON."""
        submission = find_class(self.path, self.single).read(self.student)
        result: Mapping[str, Any] = encode_record(open_auditor(self.settings).audit_submission(submission))
        return result


TakeAnswer = Callable[[AuditTask, Mapping[str, Any]], None]
"""Called with a task and its answer as it comes: {"result": …}, or {"error": why there is none}."""


def find_class(path: str, single: bool | None) -> Submissions:
    """Find the submissions of a class; those of an archive once in a process, as long as it is the same."""
    found = Path(path)
    if found.is_dir():
        return collect_submissions(path, single=single)
    known = found.stat()
    return list_class_archive(path, single, (known.st_ino, known.st_mtime_ns, known.st_size))


@lru_cache(maxsize=1)
def list_class_archive(path: str, single: bool | None, identity: tuple[int, int, int]) -> Submissions:
    """Find the submissions of an archive.  identity: another one for another file of the path."""
    return collect_submissions(path, single=single)


@cache
def open_auditor(settings: AuditSettings) -> "Auditor":
    """Load the model answers and start the sandbox, once in a process."""
    from gradcheck.audit.auditor import Auditor

    return Auditor.open(settings)
