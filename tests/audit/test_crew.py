"""The processes of this machine as a crew, and what the end of a task means."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradcheck.audit.audit_task import AuditTask
from gradcheck.audit.crew import open_crew, read_end
from gradcheck.records.audit import FunctionState, SubmissionResult
from gradcheck.running.supervisor import Crash, Stop
from tests.audit.class_files import SIGMOID, write_submissions


@pytest.mark.parametrize(
    ("end", "answer"),
    [
        ({"result": {}}, {"result": {}}),
        ({"error": "no such file"}, {"error": "no such file"}),
        (Crash("with exit code 3"), {"error": "the process that audited it ended with exit code 3"}),
        (Stop("stopped after 5 seconds"), {"error": "stopped after 5 seconds"}),
        ({"interrupted": True}, {}),
        ({"internal_error": "KeyError: 'x'"}, {"error": "it was not audited: KeyError: 'x'"}),
    ],
)
def test_every_end_of_a_task_is_an_answer_unless_it_was_interrupted(end, answer):
    assert read_end(end) == answer


@pytest.mark.slow
def test_processes_of_this_machine_audit(class_settings, tmp_path):
    write_submissions(tmp_path, anna=SIGMOID)
    tasks = [AuditTask(str(tmp_path), None, "anna", class_settings, 3)]
    answers = {}
    with open_crew(1, "") as crew:
        assert crew.run(tasks, lambda task, answer: answers.update({task.student: answer}))
    row = SubmissionResult.read(answers["anna"]["result"])
    assert row.functions[1].state is FunctionState.RIGHT


@dataclass(frozen=True)
class Dying:
    """A task that ends its process as often as it is told, and then answers how often it was tried."""

    log: str
    deaths: int
    timeout: float = 60.0

    def run(self, channel):
        with Path(self.log).open("a") as file:
            file.write("tried\n")
        tries = Path(self.log).read_text().count("tried")
        return {"result": tries} if tries > self.deaths else os._exit(1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("deaths", "answer"), [(1, {"result": 2}), (5, "the process that audited it ended (exit code 1)")]
)
def test_a_process_that_dies_costs_one_try_and_no_result(tmp_path, deaths, answer):
    answers = []
    with open_crew(1, "") as crew:
        assert crew.run([Dying(str(tmp_path / "log"), deaths)], lambda task, answer: answers.append(answer))
    (given,) = answers
    assert given == answer or given["error"].startswith(answer)
    assert (tmp_path / "log").read_text().count("tried") == 2
