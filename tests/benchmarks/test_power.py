"""The two benchmarks of judgement run and add up, whatever peers are installed.  How good anything is, is not asked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.checking.op_check import examine_case
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from tests.corpus import gradient

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PEERS = {"torch_slow", "torch_fast", "jax_check_grads", "chex", "autograd", "scipy", "cs231n"}
OUTCOMES = ("passed", "accused", "imprecise", "disputed", "inconclusive", "crashed")


def run(script, *options):
    """One benchmark in a process of its own."""
    command = [sys.executable, str(BENCHMARKS / script), "--jobs", "1", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def tried(file, *options):
    """The JSON of a small run of power.py."""
    done = run("power.py", "--sample", 2, "--cases", 2, "--format", "json", "-o", file, *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return json.loads(file.read_text(encoding="utf-8"))


def counted(*options):
    """The JSON of a small run of false_alarms.py."""
    done = run("false_alarms.py", "--format", "json", *options)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def power(tmp_path_factory):
    return tried(tmp_path_factory.mktemp("power") / "power.json")


@pytest.fixture(scope="module")
def alarms():
    return counted("--cases", 30, "--op", "add", "--op", "relu", "--op", "linear", "--op", "lawful relu")


def test_every_tool_is_tried_or_named_as_absent(power):
    assert set(power["tools"]) | set(power["absent"]) == {"gradcheck", *PEERS}
    assert set(power["tools"]).isdisjoint(power["absent"])
    assert set(power["tools"]) == set(power["generated_inputs"])
    assert {"gradcheck", "jax_check_grads", "scipy", "cs231n"} <= set(power["tools"])


@pytest.mark.parametrize("setting", ["tools", "generated_inputs"])
def test_scores_add_up(power, setting):
    for row in power[setting].values():
        assert row["caught"] + row["missed"] + row["errors"] + row["timeouts"] == row["faults"] == 2
        parts = row["accused"] + row["passed"] + row["inconclusive"] + row["correct_errors"]
        assert parts == row["correct"] >= 2
        assert row["told_apart"] <= row["caught"]
        assert row["caught_of_values"] <= row["of_values"] <= row["faults"]


@pytest.mark.parametrize("group", ["by kind", "by family"])
def test_groups_add_up(power, group):
    for tool, row in power["tools"].items():
        assert sum(part[tool] for part in power[group].values()) == row["caught"]
    assert sum(part["faults"] for part in power[group].values()) == 2


def test_what_is_missed_and_accused_is_named(power):
    for tool, row in power["tools"].items():
        assert len(power["missed"][tool]) == row["missed"]
        assert len(power["accused"][tool]) == row["accused"]


def test_the_same_seed_gives_the_same_scores_and_one_tool_is_asked_alone(power, tmp_path):
    again = tried(tmp_path / "again.json", "--tool", "cs231n")
    seconds = {"seconds": 0}
    assert {**again["tools"]["cs231n"], **seconds} == {**power["tools"]["cs231n"], **seconds}
    assert list(again["tools"]) == ["cs231n"]


def test_the_report_opens_with_the_answer(power, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import power_report

    title, _, first, *_ = power_report.rendered(power, "markdown").splitlines()
    assert title == "# Power"
    assert "**gradcheck** catches " in first
    assert "**" not in power_report.rendered(power, "text")


@pytest.mark.parametrize(
    ("script", "option", "name"), [("power.py", "--tool", "torch"), ("false_alarms.py", "--op", "rleu")]
)
def test_an_unknown_name_is_bad_usage(script, option, name):
    done = run(script, option, name)
    assert done.returncode == 2
    assert name in done.stderr
    assert {"torch": "torch_slow", "rleu": "relu"}[name] in done.stderr


def test_outcomes_add_up_and_every_op_gets_its_share(alarms):
    assert alarms["cases"] == sum(alarms[name] for name in OUTCOMES) == 30
    shares = [row["cases"] for row in alarms["by_op"].values()]
    assert sum(shares) == 30
    assert max(shares) - min(shares) <= 1
    for row in [*alarms["by_op"].values(), *alarms["by_kind"].values()]:
        assert row["cases"] == sum(row[name] for name in OUTCOMES)
    assert alarms["inconclusive"] == sum(alarms["reasons"].values())


def test_an_accusation_can_be_replayed(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import alarms
    import wide

    op, case = gradient.wrong, wide.wide_case(gradient.wrong, 4, 0)
    (finding,) = alarms.outcome_of(op, case).findings
    accusation = json.loads(json.dumps(alarms.told(op.name, finding, wide.kind_of(4), case)))
    again = examine_case(op, Case.from_json(accusation["case"]), [load_laws()[accusation["law"]]])
    assert [f.claim for f in again[accusation["law"]].findings] == [accusation["claim"]]
    assert accusation["status"] == "failed"


def test_the_same_seed_gives_the_same_counts(alarms):
    again = counted("--cases", 30, "--op", "add", "--op", "relu", "--op", "linear", "--op", "lawful relu")
    assert again["by_op"] == alarms["by_op"]
