"""The tasks of a worker, run here."""

from contextlib import nullcontext

import pytest

from gradcheck.records.results import OpResult
from gradcheck.running.listed_op import ListedOp
from gradcheck.running.plan import Plan
from gradcheck.running.tasks import CheckTask, ListTask, load_contents
from tests.vector_copies import forget_copy, use_copy

OPS = """
def forward(x: "N"):
    return x * x, x
def backward(dy, x):
    return 2 * x * dy
def broken_forward(x):
    raise ValueError("never")
def broken_backward(dy, x):
    return dy
def lonely(): pass
"""


class Channel:
    """Keeps what a task tells."""

    def __init__(self):
        self.told = []

    def begin_phase(self, phase):
        self.told.append(phase.name)

    def report_cases(self, done):
        self.told.append(done)

    def report_finding(self, claim):
        self.told.append(claim)

    def accept_interrupts(self):
        return nullcontext()


@pytest.fixture
def target(tmp_path):
    (tmp_path / "ops.py").write_text(OPS)
    return str(tmp_path / "ops.py")


def check(target, name, folder):
    """The answer of a check, and what was told meanwhile."""
    channel = Channel()
    plan = Plan((target,), ("contract",), 3, 0, folder=folder)
    answer = CheckTask(ListedOp(name, "named", target), plan).run(channel)
    return OpResult.read(answer["result"]), channel.told


def test_a_target_is_listed_without_running_its_ops(target):
    answer = ListTask(target).run(Channel())
    assert [op["name"] for op in answer["ops"]] == ["ops", "broken"]
    assert [part["name"] for part in answer["not_checked"]] == ["lonely"]
    assert load_contents(target) is load_contents(target)


def test_a_target_that_cannot_be_listed_is_an_error(tmp_path):
    (tmp_path / "bad.py").write_text("1 / 0")
    assert ListTask(str(tmp_path / "bad.py")).run(Channel())["while_imported"] is True
    assert ListTask(str(tmp_path / "none.py")).run(Channel())["while_imported"] is False


def test_an_op_is_checked_and_its_phases_and_cases_are_told(target, tmp_path):
    result, told = check(target, "ops", tmp_path / "kept")
    assert (result.op, result.target, result.status) == ("ops", "named", "passed")
    assert told == ["IMPORT", "TRIAL", "CHECK", 0, 1, 2, 3]


def test_an_op_of_the_library_is_checked(tmp_path):
    result, told = check("", "sin", tmp_path / "kept")
    assert (result.op, result.status, told[:2]) == ("sin", "passed", ["CHECK", 0])


def test_an_op_of_the_library_whose_golden_vectors_are_broken_is_refused(tmp_path, monkeypatch):
    (use_copy(tmp_path, monkeypatch, ["sin"]) / "sin.json").write_text("{")
    answer = CheckTask(ListedOp("sin", "", ""), Plan((), ("contract",), 3, 0, folder=tmp_path / "kept")).run(Channel())
    forget_copy()
    assert "sin.json: this is not JSON, or it is truncated: " in answer["refused"]


@pytest.mark.parametrize(
    ("name", "words"), [("broken", "runs on none of the shapes tried"), ("gone", "imported again")]
)
def test_an_op_that_cannot_be_made_is_refused_with_the_reason(target, tmp_path, name, words):
    plan = Plan((target,), ("contract",), 3, 0, folder=tmp_path / "kept")
    assert words in CheckTask(ListedOp(name, "named", target), plan).run(Channel())["refused"]
