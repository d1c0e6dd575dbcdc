"""A project brings ops, and reads what was found, by hooks."""

import pytest

HOOK = """
from mynet.layers import square

def pytest_gradcheck_ops(config):
    return [BROUGHT]
"""


def hook(project, brought="square"):
    """A conftest.py that brings this."""
    project.file("conftest.py", HOOK.replace("BROUGHT", brought))


def test_ops_of_a_hook_are_collected_beside_the_others(project):
    project.table('ops = ["mynet.layers:affine"]')
    hook(project)
    assert project.ids("--gradcheck-only", "value") == [
        "pyproject.toml::mynet.layers:affine::affine::value",
        "pyproject.toml::hooks::square::value",
    ]


def test_ops_of_a_hook_are_enough(project):
    project.table()
    hook(project)
    result = project.run("pyproject.toml::hooks::square::gradient")
    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_an_op_of_a_hook_that_fails_is_replayed_by_its_test(project):
    project.table()
    hook(project, "__import__('mynet.layers').layers.affine")
    result = project.run("--gradcheck-only", "gradient")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("*replay: pytest pyproject.toml::hooks")
    assert "load(" not in result.stdout.str()


def test_what_is_no_op_is_an_error(project):
    project.table()
    hook(project, "3")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("gradcheck: pytest_gradcheck_ops returns 3; return a list of Op")


def test_without_a_pyproject_toml_they_are_refused(project):
    hook(project)
    (project.path / "pyproject.toml").rename(project.path / "pytest.toml")
    (project.path / "pytest.toml").write_text("[pytest]\n")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: gradcheck: *need a pyproject.toml; it may be empty")


READING = """
from pathlib import Path

def pytest_gradcheck_report(config, run):
    worker = hasattr(config, "workerinput")
    told = [f"{result.op} {result.status}" for result in run.results]
    Path("told").open("a").write(f"{worker} {told}")
"""


@pytest.mark.slow
def test_the_merged_run_is_told_once(project):
    project.file("conftest.py", READING)
    project.spawn("-n", "2", "--gradcheck-only", "contract", "--gradcheck-only", "purity")
    assert (project.path / "told").read_text() == "False ['affine passed', 'square passed']"


def test_nothing_is_told_where_nothing_was_checked(project):
    project.file("conftest.py", READING)
    project.run("-k", "none")
    assert not (project.path / "told").exists()
