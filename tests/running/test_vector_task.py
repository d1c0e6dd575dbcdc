"""The golden vectors of one op, made anew beside those that are stored, and stored."""

import json
from dataclasses import replace

import pytest

from gradcheck.running.vector_task import VectorTask
from tests.running.test_tasks import Channel
from tests.vector_copies import FAULTS, LIBRARY, STORED, forget_copy, use_copy

pytest.importorskip("flint")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A folder with the vectors of exp, in place of those of the library."""
    yield use_copy(tmp_path, monkeypatch, ["exp"])
    forget_copy()


def run(name="exp", **options):
    """The answer of a task."""
    forget_copy()
    return VectorTask(name, **options).run(Channel())


@pytest.mark.slow
def test_vectors_that_are_stored_as_they_are_made_agree_and_stay(copy):
    before = (copy / "exp.json").stat().st_mtime_ns
    answer = run(write=True)
    assert json.loads(json.dumps(answer)) == answer
    assert [answer[key] for key in ("op", "stored", "written", "infeasible", "vectors")] == ["exp", "", False, "", 11]
    assert [row["part"] for row in answer["agreements"]] == ["y", "gradient of x"]
    assert answer["problems"] == []
    assert (copy / "exp.json").stat().st_mtime_ns == before


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["a digit of an output", "a case less", "missing", "truncated", "no text"])
def test_a_fault_of_a_file_is_told_with_its_place_and_mended(copy, fault):
    spoil, words = FAULTS[fault]
    spoil(copy / "exp.json")
    found = run()
    assert found["stored"].startswith(words)
    assert not found["written"]
    assert all(problem.startswith("exp: ") for problem in found["problems"])
    mended = run(write=True)
    assert (mended["stored"], mended["written"], mended["problems"], mended["vectors"]) == ("", True, [], 11)
    assert (copy / "exp.json").read_bytes() == (STORED / "exp.json").read_bytes()
    assert not run(write=True)["written"]


def test_a_file_that_cannot_be_read_is_told_of_once(copy):
    (copy / "exp.json").write_text("{")
    answer = run()
    assert answer["stored"].startswith("the file is no JSON")
    assert (answer["problems"], answer["vectors"]) == ([], 0)


@pytest.mark.slow
def test_all_are_stored_where_that_is_asked_for(copy):
    assert run(write=True, rewrite=True)["written"]


def test_where_nothing_can_be_written_that_is_the_answer(copy):
    (copy / "exp.json").unlink()
    (copy / "exp.json").mkdir()
    error = run(write=True)["error"]
    assert "exp.json: cannot be written: " in error


def test_an_op_that_has_no_vectors_says_why(copy, monkeypatch):
    reference = lambda x: x.astype("float32")  # noqa: E731
    ops = (replace(LIBRARY["exp"], reference=reference),)
    monkeypatch.setattr("gradcheck.discovery.library.load_library_ops", lambda: ops)
    answer = run(write=True)
    assert answer["infeasible"]
    assert json.loads((copy / "exp.json").read_text())["infeasible"] == answer["infeasible"]
    assert (answer["written"], answer["agreements"], answer["problems"]) == (True, [], [])
