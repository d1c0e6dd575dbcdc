"""The commands in this process share their workers."""

from contextlib import contextmanager

import pytest

from gradcheck.running.supervisor import Supervisor
from tests.shared_workers import SharedSupervisor


@pytest.fixture(scope="session")
def shared_workers():
    """The workers of all tests."""
    workers = []
    yield workers
    Supervisor(1, workers).shut_down()


@pytest.fixture(autouse=True)
def _share_workers(request, monkeypatch, shared_workers):
    """Let commands in this process use the shared workers, unless the test reads what a worker prints."""
    if "capfd" in request.fixturenames:
        return

    @contextmanager
    def open_supervisor(jobs, **options):
        from gradcheck.running import supervisor

        shared = SharedSupervisor(jobs or supervisor.count_cores(), shared_workers, **options)
        try:
            yield shared
        finally:
            shared_workers[:] = shared.workers

    monkeypatch.setattr("gradcheck.running.supervisor.open_supervisor", open_supervisor)
    monkeypatch.setattr("gradcheck.cli.single_task.open_supervisor", open_supervisor)
