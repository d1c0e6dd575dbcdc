"""Settings of a project: what they choose, and what is refused before anything runs."""

import pytest


def assert_refused(result, *words):
    """Whether this was refused as bad usage, in words that hold these."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = result.stderr.str()
    assert [word for word in words if word not in said] == []
    assert "Traceback" not in said


def test_laws_of_the_settings_are_tests_and_skipped_ones_are_not(project):
    project.table('ops = ["mynet.layers:square"]', 'laws = ["contract", "value"]', 'skip = ["value"]')
    assert project.ids() == ["pyproject.toml::mynet.layers:square::square::contract"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("exmples = 3", ["pyproject.toml", "'exmples'", "did you mean 'examples'?"]),
        ('profile = "slow"', ["'profile'", "one of quick, default, thorough"]),
        ('laws = ["gradeint"]', ["no law 'gradeint'", "did you mean 'gradient'?"]),
        ('skip = ["gradeint"]', ["no law 'gradeint'", "did you mean 'gradient'?"]),
        ('against = "none.json"', ["none.json", "No such file"]),
    ],
)
def test_settings_that_cannot_be_used_are_refused(project, line, words):
    project.table(line)
    assert_refused(project.run(), *words)


def test_a_baseline_of_another_schema_is_refused(project):
    project.file("old.json", '{"schema": "gradcheck-run/1"}')
    assert_refused(project.run("--gradcheck-against", "old.json"), "old.json", "'gradcheck-run/1'", "'gradcheck-run/7'")
