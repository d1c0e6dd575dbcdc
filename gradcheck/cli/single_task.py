"""One task in a worker: what it answered, or how it ended, as text and an exit code."""

from gradcheck.cli.errors import EXIT_INTERRUPTED
from gradcheck.running.session import UsageError
from gradcheck.running.supervisor import Crash, Stop, open_supervisor
from gradcheck.running.tasks import Task


def run_single_task(task: Task, died: str, undecided: str) -> tuple[str, int]:
    """Run a task that answers with a text and an exit code, in a worker process.

    died, undecided: how the text begins where the process died, which exits 1, and where its time was over, which exits
    3.  Raises UsageError with the message of an error that it answers, and RuntimeError for a fault of gradcheck.
    """
    with open_supervisor(1) as supervisor:
        ends, interrupted = supervisor.run_tasks([task])
    if interrupted or task not in ends:
        return "interrupted\n", EXIT_INTERRUPTED
    end = ends[task]
    if isinstance(end, Crash):
        return f"{died} {end.how}\n", 1
    if stopped := end.reason if isinstance(end, Stop) else end.get("stopped"):
        return f"{undecided}: {stopped}\n", 3
    assert not isinstance(end, Stop)
    if error := end.get("error"):
        raise UsageError(error)
    if error := end.get("internal_error"):
        raise RuntimeError(error)
    return end["text"], end["code"]
