"""How long a user waits for the first finding on the README's wrong layer, from the prompt, on a terminal."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np

WRONG_LAYER = Path(__file__).parents[1] / "examples" / "wrong_affine.py"
FINDING = b"gradient of b is "
READ_BYTES = 2**16


def first_finding(times: int) -> dict[str, Any] | None:
    """Seconds from the prompt to the first finding and to the end, beside those of `import jax` in the same minute, as
    the medians of so many runs in turns; None where there are no terminals to be had."""
    if not hasattr(os, "openpty"):
        return None
    rows = [{"import_jax": wait_for_jax(), **wait_for_finding()} for _ in range(times)]
    medians = {key: float(np.median([row[key] for row in rows])) for key in rows[0]}
    over = float(np.median([(row["first_finding"] - 1) / row["import_jax"] for row in rows]))
    return {"times": times, **medians, "imports_beyond_a_second": over}


def wait_for_jax() -> float:
    """Wall clock of a process that imports JAX and nothing else."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import jax"], check=True)
    return time.perf_counter() - began


def wait_for_finding() -> dict[str, float]:
    """Wall clock of `gradcheck check` until a finding stands on the terminal, and until the command ends."""
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", "check", str(WRONG_LAYER)]
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    seen, first = b"", float("inf")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = os.openpty()
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        for part in read_terminal(ours):
            seen += part
            first = min(first, time.perf_counter() - began) if FINDING in seen else first
        process.wait()
        os.close(ours)
    return {"first_finding": first, "whole": time.perf_counter() - began}


def read_terminal(descriptor: int) -> Iterator[bytes]:
    """Yield what a process writes to a terminal, until it closes that."""
    while True:
        try:
            part = os.read(descriptor, READ_BYTES)
        except OSError:  # how Linux says that the other end is closed
            return
        if not part:
            return
        yield part


class Laps:
    """CPU seconds by stage, each from the end of the one before."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = time.process_time()

    def end(self, stage: str) -> None:
        """What was done since the last end, is this stage."""
        now = time.process_time()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.last
        self.last = now


class Found(BaseException):
    """The first finding is there."""


class Channel:
    """A worker's way to its supervisor, which ends the check at the first finding."""

    accept_interrupts = staticmethod(nullcontext)

    def begin_phase(self, phase: Any) -> None:
        """Nobody asks."""

    def report_cases(self, done: int) -> None:
        """Nobody asks."""

    def report_finding(self, claim: str) -> None:
        """Raise Found."""
        raise Found


def finding_stages() -> dict[str, float]:
    """CPU seconds of a worker's stages until the first finding."""
    done = subprocess.run([sys.executable, __file__], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def stages_here() -> dict[str, float]:
    """The same in this process, in which nothing is loaded yet but NumPy."""
    laps = Laps()
    from gradcheck.laws.registry import load_laws
    from gradcheck.running.listed_op import ListedOp
    from gradcheck.running.plan import Plan
    from gradcheck.running.tasks import CheckTask, ListTask

    laps.end("imports of the worker")
    (op,) = ListTask(str(WRONG_LAYER)).run(Channel())["ops"]
    laps.end("the target is imported and listed")
    import jax  # noqa: F401 - timed

    laps.end("JAX is imported")
    from hypothesis import strategies  # noqa: F401 - timed

    laps.end("Hypothesis is imported")
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan((str(WRONG_LAYER),), tuple(load_laws()), 100, 0, folder=Path(folder))
        laps.end("imports of the laws")
        with suppress(Found):
            CheckTask(ListedOp(**op), plan).run(Channel())
    laps.end("cases until the first finding")
    return laps.seconds


if __name__ == "__main__":
    print(json.dumps(stages_here()))
