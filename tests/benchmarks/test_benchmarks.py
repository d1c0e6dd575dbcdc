"""The speed benchmark runs, and what it measures can be believed.  How fast anything is, is not asked here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lanes import takes_everything

pytestmark = pytest.mark.slow

SPEED = Path(__file__).parents[2] / "benchmarks" / "speed.py"
ALWAYS_THERE = {"ours", "ours_without_reference", "cs231n_loop", "jax_check_grads"}
TIMED = {"add", "sigmoid", "softmax", "layer_norm", "linear", "conv2d", "max_pool2d", "lstm_step", "attention"}
MOST_FORWARD_CALLS = 150
"""Of one check, whatever the size of the input."""


@pytest.fixture(scope="module")
def results():
    if not takes_everything():
        pytest.skip("minutes of work: `.ci/library` runs it")
    done = subprocess.run(
        [sys.executable, str(SPEED), "--quick", "--format", "json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("phase", ["cold", "warm"])
def test_every_checker_is_timed_or_named_as_absent(results, phase):
    timed = set(results[phase])
    assert timed >= ALWAYS_THERE
    assert timed.isdisjoint(results["absent"])
    assert timed | set(results["absent"]) >= {"autograd", "torch_fast", "torch_slow"}
    assert all(seconds > 0 for seconds in results[phase].values())


@pytest.mark.parametrize("phase", ["cold", "warm"])
def test_a_ratio_is_what_a_peer_takes_over_what_ours_takes(results, phase):
    seconds = results[phase]
    assert results["ratios"][phase] == pytest.approx({name: s / seconds["ours"] for name, s in seconds.items()})


def test_every_op_is_timed_by_every_checker(results):
    table = results["by_op"]["cold"]
    assert set(table) == TIMED
    assert {frozenset(row) for row in table.values()} == {frozenset(results["cold"])}


def test_ours_catches_every_planted_fault_and_nothing_else(results):
    planted, ops = results["planted"]["ours"], len(results["by_op"]["cold"])
    assert planted == {"faults": ops, "caught": ops, "caught_of_large": ops}
    assert results["correct"]["ours"]["passed"] == results["correct"]["ours"]["checks"] > 0


def test_forward_calls_do_not_grow_with_the_size(results):
    rows = results["scaling"]
    sizes = sorted({row["elements"] for row in rows})
    assert sizes[-1] >= 1000 * sizes[0]
    assert max(row["forward_calls"] for row in rows) <= MOST_FORWARD_CALLS < sizes[-1] / 50


def test_the_large_cases_are_examined(results):
    for case in (results["lecture_case"], results["net_case"]):
        assert case["passed"]
        assert case["seconds"] > 0
        assert 0 < case["traced_mb"] < 2000


def test_a_target_is_met_missed_or_not_measured(results):
    verdicts = {target["claim"]: target["met"] for target in results["targets"]}
    assert verdicts["share of the planted faults that ours caught"] is True
    assert verdicts["the ops of version 0.1.0 at their defaults"] is None
    assert results["checks_per_second"] == results["end_to_end"][-1]["checks_per_second"] > 0


def test_every_target_that_takes_time_has_a_profile(results):
    assert set(results["shares"]) == {
        "cold",
        "warm",
        "warm, without the reference",
        "end to end",
        "end to end, all laws",
        "large inputs",
        "deep graphs",
        "failing code",
        "the library",
        "first finding",
    }


def test_deep_graphs_are_right_and_mutants_are_caught(results):
    graph, failing = results["graph"], results["failing"]
    assert [row["status"] for row in graph["rows"]] == ["passed"] * 2
    assert [row["layers"] for row in graph["rows"]] == [10, 40]
    assert all(row["caught"] and row["ratio"] == row["wrong"] / row["right"] for row in failing["rows"])


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="the system has no terminals")
def test_the_first_finding_stands_on_the_terminal_before_the_command_ends(results):
    found = results["first_finding"]
    assert 0 < found["first_finding"] < found["whole"]


@pytest.fixture(scope="module")
def shares():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SPEED.parent))
        import shares

        yield shares


def test_time_is_spent_in_every_part_and_every_stage(results, shares):
    """An empty row is one whose files or function are called otherwise than where the time is counted."""
    found = results["shares"]
    assert set(found["warm"]) == {*shares.PARTS, shares.ELSE}
    assert set(found["end to end"]) == {*shares.STAGES, shares.REST}
    assert set(found["the library"]) == {*shares.PARTS, *shares.LIBRARIES, shares.ELSE}
    for row in found.values():
        assert min(row.values()) > 0
        assert sum(row.values()) == pytest.approx(1)


def test_every_file_that_a_part_names_is_there(shares):
    named = {place for part in shares.PARTS.values() for place in part} - {shares.place_of_programs()}
    assert [place for place in named if not place.exists()] == []


def test_a_file_belongs_to_one_part_whatever_the_folders_around_the_package_are_called(shares):
    assert shares.part_of("/home/laws/records/numpy/linalg.py") == ""
    assert shares.part_of(shares.gradcheck.laws.__file__) == "comparing and voting"
