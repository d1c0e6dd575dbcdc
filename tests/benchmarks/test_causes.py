"""The corpus of labelled mistakes, and the benchmark that compares labels with the causes that are named."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

import gradcheck
from gradcheck.records.patch import Patch

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
CATALOGUE = Path(gradcheck.__file__).parent / "causes" / "catalogue.toml"
VARIANTS = 3
"""Mistakes of each cause, at least."""


@pytest.fixture(scope="module")
def causes():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import causes

        yield causes


@pytest.fixture(scope="module")
def wrongs(causes):
    return causes.WRONGS


@pytest.fixture(scope="module")
def affine(causes):
    from wrong_programs import scale

    return scale.AFFINE


@pytest.fixture(scope="module")
def averaged(wrongs, affine):
    """The affine layer whose bias gradient is an average."""
    return next(w for w in wrongs if w.program is affine and w.cause == "divided-by-length")


def test_every_label_is_in_the_catalogue(wrongs):
    known = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    assert {cause for wrong in wrongs for cause in wrong.causes} <= set(known)


def test_a_cause_has_several_mistakes_in_different_programs(wrongs):
    programs = {wrong.causes[0]: set() for wrong in wrongs}
    for wrong in wrongs:
        programs[wrong.causes[0]].add(wrong.program.name)
    assert {cause: len(names) for cause, names in programs.items() if len(names) < VARIANTS} == {}


def test_an_edit_finds_its_place_and_changes_it(wrongs):
    assert all(wrong.text != wrong.program.text for wrong in wrongs)


def test_no_two_mistakes_are_one(wrongs):
    assert Counter(wrong.text for wrong in wrongs).most_common(1)[0][1] == 1


def test_programs_are_told_apart_by_their_names(causes, wrongs):
    assert len({wrong.program.text for wrong in wrongs}) == len(causes.RIGHTS)


def test_an_edit_that_is_not_there_is_refused(causes, affine):
    with pytest.raises(ValueError, match="'no such line' occurs 0 times"):
        _ = causes.Wrong("sign", affine, "no such line", "").text


def test_a_mistake_is_in_one_line_where_no_line_comes_or_goes(causes, affine, averaged):
    assert averaged.one_line
    assert not causes.Wrong("zero", affine, "    db = np.sum(dout, axis=0)\n", "").one_line


def test_a_sample_is_of_the_causes_that_are_asked_for(causes, wrongs):
    tasks = causes.choose_tasks(["sign"], 2, 25, seed=3)
    chosen = [wrongs[task.number] for task in tasks if not task.is_right]
    rights = {causes.RIGHTS[task.number].name for task in tasks if task.is_right}
    assert [wrong.cause for wrong in chosen] == ["sign", "sign"]
    assert rights == {wrong.program.name for wrong in chosen}


@pytest.mark.slow
def test_a_right_program_has_no_finding_and_costs_no_explanation(causes, affine, tmp_path):
    row = causes.examine_right(affine, tmp_path, causes.Task(0, True, 10, 0))
    assert row.claim == ""
    assert row.seconds.explaining == 0 < row.seconds.finding


@pytest.mark.slow
def test_of_a_wrong_program_the_first_finding_counts(causes, averaged, tmp_path):
    row = causes.examine_wrong(averaged, tmp_path, causes.Task(0, False, 10, 0))
    assert row.claim == "gradient of b is 0.5 at [0], expected 1"
    assert row.one_line
    assert row.seconds.explaining > 0


def patch_bias(path, after):
    """A patch of the line of the bias gradient."""
    lines = path.read_text().splitlines()
    line = next(i for i, text in enumerate(lines) if "np.mean" in text)
    return Patch(str(path), line + 1, lines[line].strip(), after, 10)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("after", "complaint"),
    [
        ("db = np.sum(dout, axis=0)", ""),
        ("db = 2 * np.mean(dout, axis=0)", "gradient of b"),
        ("db = np.sum(dout, axis=7)", "AxisError"),
        ("db = (", "SyntaxError"),
    ],
)
def test_a_patch_is_right_where_the_file_with_it_passes(causes, averaged, tmp_path, after, complaint):
    path = averaged.write(tmp_path)
    said = causes.complain_of_patch(patch_bias(path, after), path, tmp_path, seed=0)
    assert complaint in said
    assert bool(said) == bool(complaint)


def test_a_patch_of_another_line_is_wrong(causes, averaged, tmp_path):
    path = averaged.write(tmp_path)
    said = causes.complain_of_patch(Patch(str(path), 1, "db = 1", "db = 2", 10), path, tmp_path, seed=0)
    assert said == "line not found"


def test_the_report_counts_what_was_named(causes):
    seconds = causes.Seconds(finding=1.0, shrinking=1.0, explaining=3.0)
    rows = (
        causes.Row("a", seconds, ("sign",), True, "claim", "sign", "dx  →  -dx"),
        causes.Row("b", seconds, ("sign", "zero"), True, "claim", "zero", "dx  →  dx", "gradient of x is 1"),
        causes.Row("c", seconds, ("sign",), True, "claim", "transposed"),
        causes.Row("d", seconds, ("sign",), True, "claim"),
        causes.Row("a", causes.Seconds(1.0, 0.0, 0.0), is_right=True),
    )
    text = causes.render_results(causes.Results(rows, 25, 0, True), "markdown")
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    assert ["sign", "4", "2", "1", "transposed", "4", "1", "1"] in table
    assert ["right patch for a mistake in one line", "at least 60%", "25.0% (1 of 4)", "**missed**"] in table
    assert ["explaining, beside finding", "at most ×2"] in [cells[:2] for cells in table]
    assert ["b", "sign", "`dx  →  dx`", "gradient of x is 1"] in table
