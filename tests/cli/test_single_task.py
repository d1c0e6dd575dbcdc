"""One task in a worker: every end of it is a text and an exit code, or an error."""

import json
import os
from dataclasses import dataclass

import pytest

from gradcheck.cli.single_task import run_single_task
from gradcheck.running.session import UsageError


@dataclass(frozen=True)
class Answering:
    """A task that answers what it holds as JSON, where it holds no exit code to die with."""

    answer: str
    timeout: float | None = None

    def run(self, channel):
        answer = json.loads(self.answer)
        if isinstance(answer, int):
            os._exit(answer)
        return answer


def run(answer):
    return run_single_task(Answering(json.dumps(answer)), "f.py: it died", "f.py: cannot be judged")


def test_an_answer_is_a_text_and_an_exit_code():
    assert run({"text": "holds\n", "code": 0}) == ("holds\n", 0)


def test_a_stop_is_told_and_exits_3():
    assert run({"stopped": "stopped after 5 seconds"}) == ("f.py: cannot be judged: stopped after 5 seconds\n", 3)


def test_an_interrupt_exits_130():
    assert run({"interrupted": True}) == ("interrupted\n", 130)


def test_an_error_for_users_is_raised_as_one():
    with pytest.raises(UsageError, match=r"^no such op$"):
        run({"error": "no such op"})


def test_a_fault_of_our_own_is_raised_as_one():
    with pytest.raises(RuntimeError, match=r"^KeyError: 'lost'$"):
        run({"internal_error": "KeyError: 'lost'"})


@pytest.mark.slow
def test_a_process_that_dies_is_told_and_exits_1():
    assert run(7) == ("f.py: it died (exit code 7) while its code was imported\n", 1)
