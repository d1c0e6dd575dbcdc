"""A session: which ops and laws are checked, and the run that they make."""

import os

import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.laws.registry import load_laws
from gradcheck.running.located_op import LocatedOp
from gradcheck.running.plan import Plan
from gradcheck.running.session import (
    UsageError,
    check_ops,
    collect_ops,
    count_cores,
    require_distinct_names,
    require_known_names,
    select_laws,
)

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


def located(name, target=""):
    """A right op of this name."""
    op = Op(name, lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})
    return LocatedOp(op, target)


def test_without_targets_the_ops_are_those_of_the_library():
    assert [one.op.name for one in collect_ops((), ())] == [op.name for op in load_library_ops()]


def test_ops_are_those_of_the_targets_and_of_these_the_named(capsys):
    assert [(one.op.name, one.target) for one in collect_ops(["ops.py", "ops.py"], ())] == [
        ("square", "ops.py"),
        ("triple", "ops.py"),
    ]
    assert [one.op.name for one in collect_ops(["ops.py"], ["triple"])] == ["triple"]
    told = capsys.readouterr()
    assert told.out == ""
    assert "printed while imported" in told.err


def test_a_name_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(UsageError, match=r"there is no op 'sqare'; did you mean 'square'\? There are: square, triple"):
        collect_ops(["ops.py"], ["sqare"])
    require_known_names(["a"], ["a", "b"], "law")


def test_two_ops_of_one_name_are_told_with_their_places():
    with pytest.raises(UsageError, match=r"2 ops are called 'a' \(in one.py, two.py\); rename one"):
        require_distinct_names([located("a", "one.py"), located("b", "one.py"), located("a", "two.py")])


def test_laws_come_in_their_order_whatever_the_order_of_the_names():
    assert select_laws(["gradient", "contract"]) == ("contract", "gradient")
    assert select_laws([], ["contract"]) == tuple(load_laws())[1:]
    assert select_laws(["gradient", "value"], ["value"]) == ("gradient",)


def test_laws_of_which_none_is_left_are_refused():
    with pytest.raises(UsageError, match="all of gradient are skipped"):
        select_laws(["gradient"], ["gradient"])


def test_a_run_holds_every_op_in_order_and_says_how_it_was_made():
    plan, told = Plan(("ops.py",), ("contract",), 4, 7), []
    run, interrupted = check_ops(plan, [located("b"), located("a")], lambda op, done: told.append((op, done)), 1)
    assert not interrupted
    assert [result.op for result in run.results] == ["b", "a"]
    assert (run.examples, run.seed, run.targets, run.complete) == (4, 7, ("ops.py",), True)
    assert [done for op, done in told if op == "b"] == [0, 1, 2, 3, 4, None]


def test_a_process_for_each_core_that_may_be_used():
    assert 1 <= count_cores() <= os.cpu_count()
