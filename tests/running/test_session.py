"""A session: which ops and laws are checked, and the run that they make."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from gradcheck import NotChecked, TargetError
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws.registry import load_laws
from gradcheck.running.listed_op import ListedOp
from gradcheck.running.plan import Plan
from gradcheck.running.session import (
    Session,
    UsageError,
    list_shared_names,
    make_result_of_end,
    name_op,
    require_distinct_names,
    require_known_names,
    select_counterpart,
    select_laws,
    select_ops,
)
from gradcheck.running.supervisor import Crash, Stop, open_supervisor

OPS = """
from gradcheck import Array, Op

print("printed while imported")
square = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})
triple = Op("triple", lambda x: (3 * x, x), lambda dy, x: 3 * dy, lambda x: 3 * x, inputs={"x": Array("N")})
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with two ops in ops.py."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ops.py").write_text(OPS)


@pytest.fixture(scope="module")
def session():
    """A session with one worker."""
    with open_supervisor(1) as supervisor:
        yield Session(supervisor)


def test_without_targets_the_ops_are_those_of_the_library(session):
    assert [one.name for one in session.list_targets((), None).ops] == [op.name for op in load_library_ops()]


def list_here(session, *targets):
    """The listing of files of this folder; the worker may be in another."""
    return session.list_targets([os.path.abspath(target) for target in targets], None)


def test_ops_are_those_of_the_targets_and_of_these_the_named(session):
    listing = list_here(session, "ops.py", "ops.py")
    assert [(one.name, Path(one.target).name) for one in listing.ops] == [("square", "ops.py"), ("triple", "ops.py")]
    assert [one.name for one in select_ops(listing, ["triple"]).ops] == ["triple"]


def test_a_name_that_does_not_exist_is_told_with_the_nearest(session):
    listing = list_here(session, "ops.py")
    with pytest.raises(UsageError, match=r"there is no op 'sqare'; did you mean 'square'\? There are: square, triple"):
        select_ops(listing, ["sqare"])
    require_known_names(["a"], ["a", "b"], "law")


def test_two_ops_of_one_name_are_named_with_their_targets(session):
    Path("more.py").write_text(OPS)
    listing = list_here(session, "ops.py", "more.py")
    shared = list_shared_names(listing.ops)
    assert [name_op(op, shared).rpartition("/")[2] for op in listing.ops] == [
        "ops.py:square",
        "ops.py:triple",
        "more.py:square",
        "more.py:triple",
    ]
    assert len(select_ops(listing, ["square"]).ops) == 2
    assert len(select_ops(listing, [name_op(listing.ops[0], shared)]).ops) == 1
    with pytest.raises(UsageError, match="2 ops are called 'a'; rename one"):
        require_distinct_names(["a", "b", "a"])


def test_the_op_to_compare_is_the_only_one_or_that_of_the_name(session):
    Path("more.py").write_text(OPS)
    two, four = list_here(session, "ops.py"), list_here(session, "ops.py", "more.py")
    one = replace(two, ops=two.ops[:1], not_checked=(NotChecked("f", "why"),))
    assert select_counterpart(one, "softmax") == replace(one, not_checked=())
    assert [op.name for op in select_counterpart(two, "triple").ops] == ["triple"]
    assert [op.name for op in select_counterpart(two, "triple(k=3)").ops] == ["triple"]
    with pytest.raises(
        UsageError, match=r"compared with 'softmax'\?  Name one as FILE:OP, of .*ops.py:square, .*:triple"
    ):
        select_counterpart(two, "softmax")
    with pytest.raises(UsageError, match=r"compared with 'triple'\?  .*ops.py:triple, .*more.py:triple"):
        select_counterpart(four, "triple")


def test_the_files_of_a_folder_are_targets_and_what_is_no_op_is_told(session):
    for name, content in (("a", OPS), ("b", "raise ValueError('no')"), ("c", "def svm_loss(): pass"), ("d", OPS)):
        Path("sub").mkdir(exist_ok=True)
        Path(f"sub/{name}.py").write_text(content + "\ndef lonely(): pass" * (name == "d"))
    Path("sub/notes.ipynb").write_text("{}")
    Path("sub/deeper").mkdir()
    Path("sub/deeper/e.py").write_text(OPS)
    listing = list_here(session, "sub")
    assert [Path(op.target).name for op in listing.ops] == ["a.py", "a.py", "d.py", "d.py"]
    assert [Path(listed.name).name for listed, _ in listing.broken] == ["b.py"]
    assert [part.name.rpartition("/")[2] or part.name for part in listing.not_checked] == [
        "deeper/",
        "notes.ipynb",
        "c.py",
        "d.py:lonely",
    ]


def test_a_file_without_ops_is_refused_with_what_is_in_it(session):
    Path("empty.py").write_text("def svm_loss(): pass")
    with pytest.raises(TargetError, match=r"no ops found; .*not checked: svm_loss \(no svm_loss_backward"):
        list_here(session, "empty.py")


def test_laws_come_in_their_order_whatever_the_order_of_the_names():
    assert select_laws(["gradient", "contract"]) == ("contract", "gradient")
    assert select_laws([], ["contract"]) == tuple(load_laws())[1:]
    assert select_laws(["gradient", "value"], ["value"]) == ("gradient",)


def test_laws_of_which_none_is_left_are_refused():
    with pytest.raises(UsageError, match="all of gradient are skipped"):
        select_laws(["gradient"], ["gradient"])


def test_a_run_holds_every_op_in_order_and_says_how_it_was_made(session):
    plan, told = Plan(("ops.py",), ("contract",), 4, 7), []
    listing = list_here(session, "ops.py")
    backwards = replace(listing, ops=listing.ops[::-1], not_checked=(NotChecked("f", "why"),))
    run, interrupted = session.check_ops(plan, backwards, lambda op, done: told.append((op, done)))
    assert not interrupted
    assert [result.op for result in run.results] == ["triple", "square"]
    assert (run.examples, run.seed, run.targets, run.complete) == (4, 7, ("ops.py",), True)
    assert (run.not_checked, run.unexamined) == ((NotChecked("f", "why"),), ())
    *counts, last, end = [done for op, done in told if op == "square"]
    assert (last, end) == (4, None)
    assert counts == sorted(set(counts)), "each number of cases is told once, as far as it is seen"


def test_what_an_interrupt_left_is_in_the_run(session):
    plan, listing = Plan(("ops.py",), ("contract",), 4, 7), list_here(session, "ops.py")
    run, interrupted = session.check_ops(plan, replace(listing, not_listed=("b.py",)), lambda op, done: None)
    assert (interrupted, run.complete, run.unexamined) == (True, False, ("square", "triple", "b.py"))


@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        (Crash("(exit code 3)"), "crashed", "the process that examined it died (exit code 3)"),
        (Stop("stopped after 5 seconds"), "inconclusive", "stopped after 5 seconds"),
        ({"stopped": "stopped after 5 seconds"}, "inconclusive", "stopped after 5 seconds"),
        ({"internal_error": "TypeError: x"}, "crashed", "internal error: TypeError: x; a fault of gradcheck"),
        ({"refused": "no shapes fit"}, "inconclusive", "no shapes fit"),
        ({"error": "a.py: raises while it is imported"}, "crashed", "raises while it is imported"),
    ],
)
def test_every_end_of_a_task_is_a_result(end, status, words):
    result = make_result_of_end(("contract", "gradient"), ListedOp("a.py", "a.py"), end)
    said = [f.claim for f in result.findings] or [v.reason for v in result.verdicts]
    assert (result.status, said[0][: len(words)]) == (status, words)


def test_an_interrupted_task_has_no_result():
    assert make_result_of_end(("contract",), ListedOp("a.py", "a.py"), {"interrupted": True}) is None
