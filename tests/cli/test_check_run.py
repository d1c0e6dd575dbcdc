"""The command check: its plan, its comparison with a baseline, and the code it exits with."""

from dataclasses import replace

import pytest

from gradcheck.checking.baseline import NotComparable
from gradcheck.cli.check_run import (
    CheckRequest,
    compare_with_baseline,
    determine_exit_code,
    keep_named_ops,
    plan_check,
    print_comparison,
    require_comparable,
    run_check,
)
from gradcheck.records.results import OpResult, Run, Verdict
from gradcheck.records.status import Status
from gradcheck.running.session import UsageError
from tests.report.example_runs import APART, BLIND, CRASHED, GOOD, IMPRECISE, WRONG, make_run

REQUEST = CheckRequest(
    targets=(),
    ops=("sin",),
    laws=("contract",),
    skip=(),
    examples=3,
    seed=0,
    jobs=1,
    arbitrate="first",
    timeout=None,
    fail_on=None,
    strict=False,
    save=None,
    against=None,
    allow_missing=False,
    allow_new=False,
    form="text",
    output=None,
    quiet=False,
)


def test_a_plan_is_what_was_asked_for():
    plan = plan_check(replace(REQUEST, arbitrate="all", laws=("value", "contract")))
    assert (plan.laws, plan.examples, plan.arbitrate_all, plan.measure) == (("contract", "value"), 3, True, False)


def test_errors_are_measured_where_they_are_saved_or_compared(tmp_path):
    assert plan_check(replace(REQUEST, save=tmp_path / "run.json")).measure
    assert plan_check(replace(REQUEST, against=tmp_path / "run.json")).measure


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"laws": ("valu",)}, "there is no law 'valu'"),
        ({"skip": ("contract",)}, "no law is left"),
    ],
)
def test_what_cannot_be_checked_is_refused_beforehand(asked, words):
    with pytest.raises(UsageError, match=words):
        plan_check(replace(REQUEST, **asked))


def test_where_nothing_can_be_written_nothing_is_checked(tmp_path):
    with pytest.raises(UsageError, match="there is no folder"):
        run_check(replace(REQUEST, output=tmp_path / "none" / "report.md"))


def test_a_run_is_saved_and_reported(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_check(replace(REQUEST, save=tmp_path / "run.json")) == 0
    assert capsys.readouterr().out.startswith("1 op checked on 3 cases: it holds.\n")
    assert [r.op for r in Run.from_json((tmp_path / "run.json").read_text()).results] == ["sin"]
    assert run_check(replace(REQUEST, output=tmp_path / "report.txt", quiet=True)) == 0
    assert (tmp_path / "report.txt").read_text() == "1 op checked on 3 cases: it holds.\n"


OPEN = OpResult("abs", "user", (Verdict("abs", "kinks", Status.INCONCLUSIVE, 0, reason="none"),), complete=True)


@pytest.mark.parametrize(
    ("results", "asked", "code"),
    [
        ([GOOD], {}, 0),
        ([GOOD, WRONG], {}, 1),
        ([CRASHED], {}, 1),
        ([IMPRECISE], {}, 0),
        ([IMPRECISE], {"fail_on": "imprecise"}, 1),
        ([BLIND], {}, 3),
        ([BLIND, WRONG], {}, 1),
        ([OPEN], {}, 0),
        ([OPEN], {"strict": True}, 3),
        ([GOOD], {"regressed": True}, 1),
    ],
)
def test_the_exit_code_says_what_became_of_it(results, asked, code):
    asked = {"fail_on": None, "strict": False, "regressed": False, **asked}
    assert determine_exit_code(make_run(*results), **asked) == code


def test_an_incomplete_run_is_unsure():
    run = make_run(GOOD, complete=False)
    assert determine_exit_code(run, None, False, False) == 3
    assert determine_exit_code(run, None, True, False) == 3


def test_of_a_baseline_the_named_ops_are_compared():
    run = make_run(GOOD, WRONG)
    assert [r.op for r in keep_named_ops(run, ("sin",)).results] == ["sin"]
    assert keep_named_ops(run, ()) is run


def test_ops_of_another_corpus_are_not_comparable():
    run = make_run(replace(GOOD, corpus="one", measured=GOOD.verdicts[0].errors))
    require_comparable(None)
    require_comparable(compare_with_baseline(REQUEST, run, run))
    moved = compare_with_baseline(REQUEST, run, make_run(replace(run.results[0], corpus="two")))
    assert moved.rows == ()
    with pytest.raises(NotComparable, match="different cases of sin"):
        require_comparable(moved)


def test_regressions_are_told_with_both_figures_on_stderr(capsys):
    print_comparison(APART)
    told = capsys.readouterr()
    assert told.out == ""
    assert "gradcheck: regression: sin: x, autodiff was 1.0e-16, is 1.0e-03\n" in told.err
    assert "gradcheck: regression: sin: y, autodiff was 1.0e-09, is no longer measured\n" in told.err
    assert "z, autodiff" in told.err
