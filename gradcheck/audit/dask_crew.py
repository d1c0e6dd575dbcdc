"""Workers of a Dask cluster, each of which runs submissions in a sandbox of its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from gradcheck.audit.audit_task import AuditTask, TakeAnswer
from gradcheck.running.session import UsageError

RETRIES = 1
"""How often a submission is tried again whose worker died."""


class DaskCrew:
    """The workers of a cluster.  client: a distributed.Client."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def run(self, tasks: Sequence[AuditTask], take: TakeAnswer) -> bool:
        """Run tasks as workers are free, and take their answers as they come."""
        from distributed import as_completed

        futures = {self.client.submit(audit_remotely, task, pure=False, retries=RETRIES): task for task in tasks}
        try:
            for future in as_completed(futures):
                take(futures[future], read_future(future))
        except KeyboardInterrupt:
            self.client.cancel(list(futures))
            return False
        return True


def audit_remotely(task: AuditTask) -> Mapping[str, Any]:
    """Audit one submission in a worker of the cluster."""
    return {"result": task.audit()}


def read_future(future: Any) -> Mapping[str, Any]:
    """Return the answer of a task, or why there is none."""
    if future.status == "finished":
        answer: Mapping[str, Any] = future.result()
        return answer
    return {"error": f"it was not audited: {type(error := future.exception()).__name__}: {error}"}


@contextmanager
def open_dask_crew(address: str) -> Iterator[DaskCrew]:
    """Connect to a scheduler.  Raises UsageError where there is none."""
    from distributed import Client

    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield DaskCrew(client)
