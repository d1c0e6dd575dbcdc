"""Workers of a Dask cluster audit as the processes of this machine do."""

import pytest

from gradcheck.audit.audit_task import AuditTask
from gradcheck.audit.crew import open_crew
from gradcheck.audit.dask_crew import read_future
from gradcheck.audit.submissions import collect_submissions
from gradcheck.records.audit import SubmissionResult
from tests.audit.class_files import SIGMOID, write_submissions

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'gradcheck[dask]'")


class Lost:
    """A future of a task whose worker died twice."""

    status = "error"

    def exception(self):
        return distributed.client.FutureCancelledError("audit", "its worker is lost")


def test_a_task_without_an_answer_says_why():
    assert read_future(Lost())["error"].startswith("it was not audited: FutureCancelledError")


@pytest.mark.slow
def test_workers_of_a_cluster_answer_with_the_same_rows(auditor, class_settings, tmp_path):
    write_submissions(tmp_path, anna=SIGMOID)
    task = AuditTask(str(tmp_path), None, "anna", class_settings, 3)
    answers = {}
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, open_crew(None, cluster.scheduler_address) as crew:
        assert crew.run([task], lambda task, answer: answers.update({task.student: answer}))
    row = SubmissionResult.read(answers["anna"]["result"])
    assert row == auditor.audit_submission(collect_submissions(tmp_path).read("anna"))
