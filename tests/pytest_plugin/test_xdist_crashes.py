"""Word of an op whose search took a worker down."""

import shutil

import pytest

from gradcheck.pytest_plugin import xdist_crashes
from gradcheck.running.located_op import LocatedOp

fcntl = pytest.importorskip("fcntl")


@pytest.fixture
def one(square):
    """An op of a module."""
    return LocatedOp(square, "mynet.layers")


def of_a_dead_writer(folder, one):
    """What stays in the folder where a process dies amid a search."""
    with xdist_crashes.leave_crash_record(folder, one, ("contract", "value"), "value"):
        (path,) = folder.glob("*.json")
        shutil.copy(path, folder / "copy")
    (folder / "copy").rename(path)


def test_a_note_lasts_as_long_as_the_search(tmp_path, one):
    with xdist_crashes.leave_crash_record(tmp_path / "notes", one, ("value",), "value"):
        assert list((tmp_path / "notes").glob("*.json"))
    assert list((tmp_path / "notes").glob("*.json")) == []


def test_a_worker_that_lives_is_not_taken_for_dead(tmp_path, one):
    with xdist_crashes.leave_crash_record(tmp_path, one, ("value",), "value"):
        assert xdist_crashes.find_crash_of_op(tmp_path, one) is None
        assert list(xdist_crashes.read_crash_records(tmp_path)) == []


def test_the_law_that_ran_is_accused_of_a_death_and_the_others_say_nothing(tmp_path, one):
    of_a_dead_writer(tmp_path, one)
    result = xdist_crashes.find_crash_of_op(tmp_path, one)
    assert [(v.law, v.status) for v in result.verdicts] == [("contract", "inconclusive"), ("value", "crashed")]
    assert (result.op, result.target, result.complete) == ("square", "mynet.layers", False)


def test_a_note_is_of_one_op_of_one_target(tmp_path, one):
    of_a_dead_writer(tmp_path, one)
    assert xdist_crashes.find_crash_of_op(tmp_path, LocatedOp(one.op, "elsewhere")) is None
    assert [result.op for result in xdist_crashes.read_crash_records(tmp_path)] == ["square"]
