"""The ops that a project names are tests like any other."""

import pytest

from gradcheck.laws.registry import load_laws

AFFINE = "pyproject.toml::mynet.layers::affine"
SQUARE = "pyproject.toml::mynet.layers::square"
PLAIN = "def test_plain():\n    pass\n"
OWN = "tests/test_own.py::test_plain"


def of(op, *laws):
    """The node ids of an op's tests."""
    return [f"{op}::{law}" for law in laws or tuple(load_laws())]


def test_each_law_of_each_op_is_a_test(project):
    assert project.ids() == [*of(AFFINE), *of(SQUARE)]


def test_they_come_after_the_tests_of_testpaths(project):
    project.tests(PLAIN)
    assert project.ids() == [OWN, *of(AFFINE), *of(SQUARE)]


def test_named_paths_leave_them_out(project):
    project.tests(PLAIN)
    assert project.ids("tests") == [OWN]


def test_the_file_that_names_them_runs_them_alone(project):
    project.tests(PLAIN)
    assert project.ids("pyproject.toml", "-k", "square") == of(SQUARE)


@pytest.mark.parametrize("args", [["."], [".", "pyproject.toml"], ["tests", "."]])
def test_none_is_collected_twice(project, args):
    project.tests(PLAIN)
    assert sorted(project.ids(*args)) == sorted([OWN, *of(AFFINE), *of(SQUARE)])


def test_they_are_collected_from_a_folder_below_too(project, monkeypatch):
    project.tests(PLAIN)
    monkeypatch.chdir(project.path / "tests")
    result = project.run("-k", "square and value", "-v")
    result.assert_outcomes(passed=1, deselected=22)
    result.stdout.fnmatch_lines("*square::value*PASSED*")


def test_a_node_id_runs_one_law(project):
    result = project.run(f"{SQUARE}::gradient", f"{AFFINE}::value")
    result.assert_outcomes(passed=2)


def test_a_node_id_of_an_op_runs_its_laws(project):
    assert project.ids(SQUARE) == of(SQUARE)


def test_a_keyword_chooses_them_by_op_and_law(project):
    assert project.ids("-k", "affine and (value or gradient)") == of(AFFINE, "value", "gradient")


def test_they_can_be_deselected(project):
    assert project.ids("--deselect", AFFINE, "--deselect", f"{SQUARE}::value") == [
        id for id in of(SQUARE) if not id.endswith("value")
    ]


@pytest.mark.slow
def test_the_last_that_failed_run_again(project):
    project.run("--gradcheck-only", "gradient", "--gradcheck-only", "value").assert_outcomes(passed=3, failed=1)
    result = project.run("--lf", "-v", "--gradcheck-only", "gradient", "--gradcheck-only", "value")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(f"*{AFFINE}::gradient*FAILED*")


def test_only_the_laws_that_are_asked_are_tests(project):
    assert project.ids("--gradcheck-only", "value", "-k", "square") == of(SQUARE, "value")
    assert project.ids("--gradcheck-skip", "value", "-k", "square") == of(
        SQUARE, *(law for law in tuple(load_laws()) if law != "value")
    )


def test_a_file_is_named_from_the_folder_of_the_table(project, monkeypatch):
    project.table('ops = ["mynet/layers.py:square"]')
    (project.path / "below").mkdir()
    monkeypatch.chdir(project.path / "below")
    result = project.run("-k", "value", "-v")
    result.assert_outcomes(passed=1, deselected=10)
    result.stdout.fnmatch_lines("*mynet/layers.py:square::square::value*PASSED*")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("mynet.none", "gradcheck: mynet.none: no such file, folder or module"),
        ("mynet.empty", "gradcheck: mynet.empty: no ops found; *"),
        ("mynet.layers:none", "gradcheck: mynet.layers:none: mynet.layers has no op 'none'; *"),
    ],
)
def test_a_target_that_cannot_be_used_is_an_error_in_one_message(project, target, message):
    project.module("empty", "")
    project.table(f'ops = ["{target}"]')
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message, f"ERROR pyproject.toml::{target}"])
    assert "Traceback" not in result.stdout.str()


def test_two_ops_of_one_name_are_told_apart_by_their_targets(project):
    project.module("others", "from mynet.layers import square")
    project.table('ops = ["mynet.layers", "mynet.others"]')
    result = project.run("--gradcheck-only", "value")
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(["mynet.layers:square *passed*", "mynet.others:square *passed*"])


@pytest.mark.slow
def test_the_files_of_a_folder_are_named_from_the_folder_of_the_table(project):
    project.module("others", "from mynet.layers import square\ndef lonely(): pass")
    project.table('ops = ["mynet"]')
    result = project.run("--gradcheck-only", "value", "-v")
    result.assert_outcomes(passed=3, skipped=1, warnings=1)
    result.stdout.fnmatch_lines(
        ["*::mynet::mynet/layers.py:square::value PASSED*", "*::mynet::mynet/others.py:square::value PASSED*"]
    )
