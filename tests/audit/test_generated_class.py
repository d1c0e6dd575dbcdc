"""A class with known verdicts: exactly these, each time the same bytes, whoever runs it and whatever ends a worker."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.class_audit import ClassAudit
from gradcheck.audit.crew import LocalCrew
from gradcheck.audit.dask_crew import DaskCrew
from gradcheck.records.audit import Audit
from gradcheck.report.audit.output_folder import write_class
from gradcheck.report.audit.show import Show
from gradcheck.running.supervisor import open_supervisor
from tests.audit.generated_classes import BENCHMARKS, SECONDS, list_differences, make_generated_class
from tests.lanes import takes_everything

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="submissions are confined on Linux alone"),
]
ROWS = ("affine", "relu", "affine_relu")
SMALL, FEW = 12, 4
WHOLE = 200
TOLD_APART = 40
"""Planted mistakes that the whole class holds, at least."""


@pytest.fixture(scope="module")
def making():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        from submissions import making, supply

        yield making, supply.Supply


@pytest.fixture(scope="module")
def small_class(making, tmp_path_factory):
    """Twelve submissions to an assignment of four rows; without what takes ten seconds to give up."""
    module, supply = making
    made = module.make_class(supply.of("cs231n_a2", ROWS), 2 * SMALL, seed=1, share_right=0.2)
    quick = [m for m in made if "endless" not in {e.state for e in m.expected.values()}][:SMALL]
    return make_generated_class(tmp_path_factory.mktemp("small"), tuple(quick), "cs231n_a2", ROWS)


@pytest.fixture(scope="module")
def few(making, tmp_path_factory):
    """A few submissions to an assignment of one row: right, wrong, and two that end their worker."""
    module, supply = making
    source = supply.of("cs231n_a2", ("relu",))
    plans = [[], *([c] for c in source.list_changes() if c.what in ("mask returned (maximum)", "abort", "pass"))]
    made = tuple(module.make_submission(source, f"student{i}", plan, 0) for i, plan in enumerate(plans))
    assert len(made) == FEW
    return make_generated_class(tmp_path_factory.mktemp("few"), made, "cs231n_a2", ("relu",))


@pytest.fixture(scope="module")
def few_audit(few, tmp_path_factory):
    """The audit of a few submissions, and the folder that it left."""
    output = tmp_path_factory.mktemp("audit")
    return few.audit(output, "--jobs", "1"), output


def read_lasting(output):
    """The bytes that have to be the same."""
    return [(output / name).read_bytes() for name in ("audit.json", "class.csv")]


def test_each_function_of_a_small_class_has_the_expected_verdict(small_class, tmp_path):
    assert list_differences(small_class, small_class.audit(tmp_path, "--jobs", "1")) == []


def test_the_same_class_gives_the_same_bytes(few, few_audit, tmp_path):
    assert list_differences(few, few_audit[0]) == []
    few.audit(tmp_path, "--jobs", "2")
    assert read_lasting(tmp_path) == read_lasting(few_audit[1])


def run_class(few, folder, audit, crew, take=lambda row: None):
    """Audit a few submissions with a crew, and return the bytes of audit.json and class.csv."""
    settings = AuditSettings(str(few.toml), seconds=SECONDS)
    header = replace(audit, submissions=())
    whole = ClassAudit(few.folder, False, settings, folder, settings.read_assignment(), header, take)
    write_class(folder, whole.run([m.name for m in few.made], crew, is_resumed=False), Show.COUNTEREXAMPLE)
    return read_lasting(folder)


def test_a_worker_that_is_killed_costs_no_result(few, few_audit, tmp_path):
    with open_supervisor(1, retries_fresh=True) as supervisor:
        killed = []

        def kill_next(row):
            if not killed:
                worker = supervisor.start_worker() if not supervisor.workers else supervisor.workers[0]
                killed.append(worker.process.pid)
                os.kill(worker.process.pid, signal.SIGKILL)

        assert run_class(few, tmp_path, few_audit[0], LocalCrew(supervisor), kill_next) == read_lasting(few_audit[1])
    assert len(killed) == 1


def test_the_first_task_of_a_worker_that_is_killed_costs_no_result(few, few_audit, tmp_path):
    with open_supervisor(1, retries_fresh=True) as supervisor:
        os.kill(supervisor.workers[0].process.pid, signal.SIGKILL)
        assert run_class(few, tmp_path, few_audit[0], LocalCrew(supervisor)) == read_lasting(few_audit[1])


def test_a_cluster_gives_the_same_bytes(few, few_audit, tmp_path):
    distributed = pytest.importorskip("distributed", reason="the extra for clusters is not installed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, worker_dashboard_address=None
    )
    with cluster, distributed.Client(cluster.scheduler_address) as client:
        assert run_class(few, tmp_path, few_audit[0], DaskCrew(client)) == read_lasting(few_audit[1])


def test_an_audit_that_was_interrupted_goes_on(few, few_audit, tmp_path):
    process = subprocess.Popen(few.build_command(tmp_path, "--jobs", "1"), stderr=subprocess.PIPE, text=True)
    log = tmp_path / "results.jsonl"
    while process.poll() is None and not log.exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130, said
    partial = Audit.from_json((tmp_path / "audit.json").read_text())
    assert not partial.complete
    done = log.read_text().splitlines()
    assert 0 < len(done) < FEW
    few.audit(tmp_path, "--jobs", "1", "--resume")
    assert read_lasting(tmp_path) == read_lasting(few_audit[1])
    assert log.read_text().splitlines()[: len(done)] == done


@pytest.fixture(scope="module")
def whole_class(making, tmp_path_factory):
    if not takes_everything():
        pytest.skip("an hour of work: `.ci/library` runs it")
    module, supply = making
    source = supply.of("cs231n_a2")
    made = module.make_class(source, WHOLE)
    return make_generated_class(tmp_path_factory.mktemp("whole"), made, "cs231n_a2", source.rows)


def test_each_function_of_a_whole_class_has_the_expected_verdict(whole_class, tmp_path):
    assert len({what for made in whole_class.made for what in made.what}) > TOLD_APART
    assert list_differences(whole_class, whole_class.audit(tmp_path)) == []
