"""Who audits the submissions of a class: processes of this machine, or workers of a cluster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from gradcheck.audit.audit_task import AuditTask, TakeAnswer
from gradcheck.running.supervisor import Crash, Stop, Supervisor, open_supervisor


class Crew(Protocol):
    """Who runs tasks."""

    def run(self, tasks: Sequence[AuditTask], take: TakeAnswer) -> bool:
        """Run tasks; return whether all have their answer, and it was not interrupted."""


@dataclass(frozen=True)
class LocalCrew:
    """Processes of this machine."""

    supervisor: Supervisor

    def run(self, tasks: Sequence[AuditTask], take: TakeAnswer) -> bool:
        """Run tasks, in this order as processes are free; a task whose process ends is tried once more."""

        def report(task: Any) -> None:
            answer = read_end(self.supervisor.ends[task])
            if answer:
                take(task, answer)

        _, interrupted = self.supervisor.run_tasks(tasks, report_end=report)
        return not interrupted


def read_end(end: Any) -> Mapping[str, Any]:
    """Return the answer that the end of a task is; empty where it was interrupted."""
    if isinstance(end, Crash):
        return {"error": f"the process that audited it ended {end.how}"}
    if isinstance(end, Stop):
        return {"error": end.reason}
    known: Mapping[str, Any] = end
    if "result" in known or "error" in known:
        return known
    return {} if known.get("interrupted") else {"error": f"it was not audited: {next(iter(known.values()), '')}"}


@contextmanager
def open_local_crew(jobs: int | None) -> Iterator[LocalCrew]:
    """Open a crew of processes.  jobs: how many, None for one a core."""
    with open_supervisor(jobs, retries_fresh=True) as supervisor:
        yield LocalCrew(supervisor)


def open_crew(jobs: int | None, cluster: str) -> AbstractContextManager[Crew]:
    """Open the crew that is asked for.  cluster: the address of a Dask scheduler, "" for this machine."""
    if cluster:
        from gradcheck.audit.dask_crew import open_dask_crew

        return open_dask_crew(cluster)
    return open_local_crew(jobs)
