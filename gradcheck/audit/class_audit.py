"""Audit a class: every submission has its row, written as it comes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradcheck.audit.assignment import Assignment
from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.audit_task import AuditTask
from gradcheck.audit.crew import Crew
from gradcheck.audit.one_function import make_unrun
from gradcheck.audit.result_log import append_result, digest_settings, digest_task, read_results
from gradcheck.audit.submissions import collect_submissions
from gradcheck.records.audit import Audit, FunctionState, SubmissionResult


@dataclass(frozen=True)
class ClassAudit:
    """The audit of a class.

    path, single: of the submissions.  folder: for what is written.  assignment: what is asked for.  header: the audit
    without its rows.  take: called with each row as it comes.
    """

    path: Path
    single: bool | None
    settings: AuditSettings
    folder: Path
    assignment: Assignment
    header: Audit
    take: Callable[[SubmissionResult], None]
    results: dict[str, SubmissionResult] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def run(self, students: Sequence[str], crew: Crew, is_resumed: bool) -> Audit:
        """Audit the submissions of students, and return the audit, partial where it was interrupted.  is_resumed:
        whether results that an earlier run left in the folder are taken where all that they depend on is the same."""
        known = read_results(self.folder) if is_resumed else {}
        basis = digest_settings(self.settings)
        found = collect_submissions(self.path, single=self.single)
        for student in students:
            key = self.keys[student] = digest_task(found.read(student), basis)
            if key in known:
                self.add(known[key])
        path = str(self.path.absolute())
        tasks = [
            AuditTask(path, self.single, student, self.settings, len(self.assignment.functions))
            for student in students
            if student not in self.results
        ]
        is_whole = crew.run(tasks, self.take_answer)
        rows = tuple(self.results[student] for student in students if student in self.results)
        return replace(self.header, submissions=rows, complete=is_whole and len(rows) == len(students))

    def take_answer(self, task: AuditTask, answer: Mapping[str, Any]) -> None:
        """Take what came of one submission: its row, or that there is none, which is a row as well, but none that a
        later run would go on from."""
        if "result" not in answer:
            self.add(make_lost_row(self.assignment, task.student, str(answer["error"])))
            return
        result = SubmissionResult.read(answer["result"])
        append_result(self.folder, self.keys[task.student], result)
        self.add(result)

    def add(self, result: SubmissionResult) -> None:
        """Add a row, and hand it on."""
        self.results[result.student] = result
        self.take(result)


def make_lost_row(assignment: Assignment, student: str, reason: str) -> SubmissionResult:
    """Make the row of a submission of which nothing is known."""
    functions = tuple(make_unrun(asked, FunctionState.UNJUDGED, reason) for asked in assignment.functions)
    return SubmissionResult(student, functions, notes=(reason,))
