"""Annotations: what is annotated, how much it matters, where it is, and by what it is known in another run."""

from dataclasses import replace
from pathlib import Path

import pytest

from gradcheck.checking.baseline import Comparison
from gradcheck.declaration.origin import NotChecked
from gradcheck.records.evidence import Evidence
from gradcheck.records.results import Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject
from gradcheck.report.ci.annotations import Level, SourceLine, find_source_line, list_annotations, locate
from tests.report.ci.hostile_runs import HOSTILE_COMPARISON, HOSTILE_RUN
from tests.report.example_runs import (
    APART,
    BLIND,
    CRASHED,
    EXPLAINED_RESULT,
    FINDING,
    GOOD,
    IMPRECISE,
    WARNED,
    make_result,
    make_run,
)

FOLDER = Path(".gradcheck")


@pytest.fixture(autouse=True)
def repository(tmp_path, monkeypatch):
    """A repository to stand in."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def annotate(*results, comparison=None, **said):
    """The annotations of a run with these results."""
    return list_annotations(make_run(*results, **said), comparison, FOLDER)


def one_finding(**changes):
    """The one annotation of an op with FINDING changed."""
    finding = replace(FINDING, **changes)
    verdict = Verdict("affine", finding.law, finding.status, 8, findings=(finding,))
    (found,) = annotate(make_result("affine", verdict))
    return found


def test_a_finding_says_its_cause_its_patch_and_how_to_run_it_again():
    (found,) = annotate(EXPLAINED_RESULT)
    assert (found.level, found.rule, found.op) == (Level.ERROR, "cause/divided-by-length", "affine")
    assert found.place == SourceLine("examples/affine.py", 12)
    assert found.message.splitlines()[:6] == [
        "affine: gradient of b is 0.5 at [0], expected 1 ± 1e-13",
        "cause: the expected value divided by N=2",
        "patch: layers.py:14 (right in 24 cases)",
        "- db = dy.mean(axis=0)",
        "+ db = dy.sum(axis=0)",
        "hint: Sum over the batch.",
    ]
    assert found.details[-1].startswith("replay: gradcheck replay ")


def test_what_fails_comes_first_and_what_holds_says_nothing():
    found = annotate(GOOD, WARNED, IMPRECISE, BLIND, CRASHED, not_checked=(NotChecked("svm_loss", "no backward"),))
    assert [(one.level, one.op, one.rule) for one in found] == [
        ("error", "concat", "law/contract"),
        ("warning", "shift", "law/purity"),
        ("warning", "tanh", "law/gradient"),
        ("warning", "relu", "law/gradient"),
        ("notice", "", "not-checked"),
    ]
    assert found[3].title == "relu: gradient inconclusive: nothing was examined"
    assert found[4].title == "not checked: svm_loss: no backward"


def test_a_law_that_no_op_needs_may_be_without_a_conclusion():
    assert annotate(make_result("sin", Verdict("sin", "kinks", Status.INCONCLUSIVE, reason="no kink"))) == ()


def test_what_an_interrupt_left_is_told():
    (found,) = annotate(unexamined=("late",), complete=False)
    assert (found.level, found.title) == (Level.WARNING, "late: not examined: the run was interrupted")


def test_what_follows_is_told_with_what_it_follows_from():
    root = replace(FINDING, law="value", follows="")
    verdicts = (Verdict("affine", f.law, Status.FAILED, findings=(f,)) for f in (root, FINDING))
    (found,) = annotate(make_result("affine", *verdicts))
    assert "also: gradient of b is 0.5 at [0], expected 1 ± 1e-13" in found.details


def test_what_is_worse_missing_new_or_incomparable_beside_a_baseline_is_annotated():
    comparison = replace(APART, missing=("gone",), new=("fresh",), incomparable=("other cases of relu",))
    found = annotate(replace(GOOD, file="ops.py", line=7), comparison=comparison)
    assert [(one.level, one.rule, one.title) for one in found] == [
        ("error", "baseline/regressed", "sin: the relative error of x, autodiff was 1.0e-16, now 1.0e-03"),
        ("error", "baseline/regressed", "sin: the relative error of y, autodiff was 1.0e-09, now no longer measured"),
        ("error", "baseline/missing", "gone: in the baseline, but missing"),
        ("error", "baseline/new", "fresh: new, not in the baseline"),
        ("error", "baseline/not-comparable", "not compared: other cases of relu"),
    ]
    assert [one.place for one in found] == [SourceLine("ops.py", 7)] * 2 + [None] * 3


def test_what_is_allowed_beside_a_baseline_is_a_notice():
    comparison = Comparison((), ("gone",), ("fresh",), allowed={"missing": "allowed", "new": "allowed"})
    assert {one.level for one in annotate(comparison=comparison)} == {Level.NOTICE}


@pytest.mark.parametrize(
    "changes",
    [
        {"line": 99},
        {"file": "moved.py"},
        {"claim": "gradient of b is 0.25 at [1], expected 2 ± 1e-13"},
        {"evidence": (Evidence("autodiff", 0.25, 2.0, 1e-12, False),)},
        {"cause": "", "hint": "", "cause_name": "sum-missing"},
        {"status": Status.IMPRECISE},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_fingerprint_does_not_change_with_lines_and_numbers(changes):
    assert one_finding(**changes).fingerprint == one_finding().fingerprint


@pytest.mark.parametrize("changes", [{"law": "value"}, {"subject": Subject.of_input("x")}, {"kind": "raised"}])
def test_the_fingerprint_changes_with_what_the_finding_is_about(changes):
    assert one_finding(**changes).fingerprint != one_finding().fingerprint


def test_each_annotation_of_a_run_has_its_own_fingerprint():
    found = list_annotations(HOSTILE_RUN, HOSTILE_COMPARISON, FOLDER)
    assert len(found) == len({one.fingerprint for one in found}) == 8


def test_every_text_is_printable():
    for one in list_annotations(HOSTILE_RUN, HOSTILE_COMPARISON, FOLDER):
        assert all(map(str.isprintable, (one.rule, one.title, *one.details, one.place.file if one.place else "")))


# places


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("layers.py", "sub/layers.py"),
        ("../top.py", "top.py"),
        ("", None),
        ("<string>", None),
        ("/usr/lib/numpy.py", None),
        ("../../above.py", None),
    ],
)
def test_a_place_is_relative_to_the_top_of_the_repository(repository, monkeypatch, file, place):
    (repository / "sub").mkdir()
    monkeypatch.chdir(repository / "sub")
    assert locate(file, 3) == (SourceLine(place, 3) if place else None)


def test_an_absolute_path_in_the_repository_is_made_relative(repository):
    assert locate(str(repository / "a" / "b.py"), 0) == SourceLine("a/b.py", 1)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"file": "ops.py", "line": 7, "target": "other.py"}, SourceLine("ops.py", 7)),
        ({"target": "layers.py:affine"}, SourceLine("layers.py", 1)),
        ({"target": "layers.py"}, SourceLine("layers.py", 1)),
        ({"target": "tests/test_a.py::test_affine[x:y]"}, SourceLine("tests/test_a.py", 1)),
        ({"target": "mynet.layers:affine"}, None),
        ({}, None),
    ],
)
def test_an_op_is_where_its_backward_is_or_its_target(said, place):
    assert find_source_line(make_result("affine", **said)) == place
