"""One worker process for all tests of the command line in this process: starting one takes longer than most of them."""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from gradcheck.running.supervisor import Supervisor
from gradcheck.running.tasks import load_contents


@dataclass(frozen=True)
class InFolder:
    """A task that runs in the folder of its test, where the same names are other files."""

    task: Any
    folder: str

    @property
    def timeout(self):
        return self.task.timeout

    def run(self, channel):
        os.chdir(self.folder)
        load_contents.cache_clear()
        return self.task.run(channel)


class SharedSupervisor(Supervisor):
    """A supervisor whose workers are those of all."""

    def run_tasks(self, tasks, report_cases=lambda task, done: None, report_end=lambda task: None):
        wrapped = [InFolder(task, os.getcwd()) for task in tasks]
        ends, interrupted = super().run_tasks(
            wrapped, lambda one, done: report_cases(one.task, done), lambda one: report_end(one.task)
        )
        self.ends = {one.task: end for one, end in ends.items()}
        return self.ends, interrupted


@pytest.fixture(scope="session")
def shared_workers():
    """The workers of all tests, one at most."""
    workers = []
    yield workers
    supervisor = Supervisor(1, workers)
    supervisor.shut_down()


@pytest.fixture(autouse=True)
def _share_workers(request, monkeypatch, shared_workers):
    """Let commands in this process use the shared workers, unless the test reads what a worker prints."""
    if "capfd" in request.fixturenames:
        return

    @contextmanager
    def open_supervisor(jobs):
        from gradcheck.running import supervisor

        shared = SharedSupervisor(jobs or supervisor.count_cores(), shared_workers)
        try:
            yield shared
        finally:
            shared_workers[:] = shared.workers

    monkeypatch.setattr("gradcheck.running.supervisor.open_supervisor", open_supervisor)
    monkeypatch.setattr("gradcheck.cli.replay.open_supervisor", open_supervisor)
