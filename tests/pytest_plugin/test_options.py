"""Options: they go before the settings, and what is refused before anything runs."""

import pytest


def assert_refused(result, *words):
    """Whether this was refused as bad usage, in words that hold these."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = result.stderr.str()
    assert [word for word in words if word not in said] == []
    assert "Traceback" not in said


def run_of(project, *args):
    """How many cases the right op was examined on."""
    result = project.run("pyproject.toml", "-k", "square", "--gradcheck-only", "contract", *args)
    (line,) = [line for line in result.outlines if " checked on " in line]
    return int(line.split(" on ")[1].split()[0])


def test_options_go_before_settings(project):
    project.table('ops = ["mynet.layers"]', examples=5)
    assert run_of(project) == 5
    assert run_of(project, "--gradcheck-examples", "6") == 6


def test_a_profile_stands_for_a_number_of_examples_and_goes_over_the_settings(project):
    assert run_of(project, "--gradcheck-profile", "quick") == 25
    assert run_of(project, "--gradcheck-profile", "quick", "--gradcheck-examples", "6") == 6


@pytest.mark.slow
def test_another_seed_draws_other_cases(project):
    saved = []
    for seed in ("0", "0", "1"):
        project.run("-k", "square", "--gradcheck-only", "gradient", "--gradcheck-seed", seed, "--gradcheck-save", "run")
        saved.append((project.path / "run").read_text())
    assert saved[0] == saved[1]
    assert saved[0] != saved[2]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--gradcheck-examples", "0"], ["--gradcheck-examples", "'0' is not a whole number above zero"]),
        (["--gradcheck-examples", "many"], ["'many' is not a whole number above zero"]),
        (["--gradcheck-seed", "-1"], ["--gradcheck-seed", "whole number, not negative"]),
        (["--gradcheck-timeout", "0"], ["'0' is not a number of seconds above zero"]),
        (["--gradcheck-profile", "slow"], ["'slow' is not one of quick, default, thorough"]),
        (["--gradcheck-fail-on", "all"], ["'all' is not \"imprecise\""]),
        (["--gradcheck-only", "gradeint"], ["there is no law 'gradeint'; did you mean 'gradient'?"]),
        (["--gradcheck-skip", "gradeint"], ["there is no law 'gradeint'; did you mean 'gradient'?"]),
        (["--gradcheck-report", "report.rst"], ["report.rst", ".txt (text), .md (markdown), .json (json)"]),
        (["--gradcheck-report", "none/report.md"], ["no folder", "none"]),
        (["--gradcheck-save", "."], ["it is a folder"]),
        (["--gradcheck-against", "none.json"], ["none.json", "No such file"]),
        (["--gradcheck-against", "pyproject.toml"], ["pyproject.toml: this is not JSON"]),
    ],
    ids=" ".join,
)
def test_options_that_cannot_be_used_are_refused(project, args, words):
    assert_refused(project.run(*args), *words)
