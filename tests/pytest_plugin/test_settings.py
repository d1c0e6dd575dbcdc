"""Settings and options: which goes before which, and what is refused before anything runs."""

import pytest


def run_of(project, *args):
    """How many cases the right op was examined on."""
    result = project.run("pyproject.toml", "-k", "square", "--gradcheck-only", "contract", *args)
    (line,) = [line for line in result.outlines if " checked on " in line]
    return int(line.split(" on ")[1].split()[0])


def refused(result, *words):
    """Whether this was refused as bad usage, in words that hold these."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = result.stderr.str()
    assert [word for word in words if word not in said] == []
    assert "Traceback" not in said


def test_options_go_before_settings(project):
    project.table('ops = ["mynet.layers"]', examples=5)
    assert run_of(project) == 5
    assert run_of(project, "--gradcheck-examples", "6") == 6


def test_a_profile_stands_for_a_number_of_examples_and_goes_over_the_settings(project):
    assert run_of(project, "--gradcheck-profile", "quick") == 25
    assert run_of(project, "--gradcheck-profile", "quick", "--gradcheck-examples", "6") == 6


def test_laws_of_the_settings_are_tests_and_skipped_ones_are_not(project):
    project.table('ops = ["mynet.layers:square"]', 'laws = ["contract", "value"]', 'skip = ["value"]')
    assert project.ids() == ["pyproject.toml::mynet.layers:square::square::contract"]


def test_another_seed_draws_other_cases(project):
    saved = []
    for seed in ("0", "0", "1"):
        project.run("-k", "square", "--gradcheck-only", "gradient", "--gradcheck-seed", seed, "--gradcheck-save", "run")
        saved.append((project.path / "run").read_text())
    assert saved[0] == saved[1]
    assert saved[0] != saved[2]


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
    refused(project.run(), *words)


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
        (["--gradcheck-report", "report.html"], ["report.html", ".txt (text), .md (markdown), .json (json)"]),
        (["--gradcheck-report", "none/report.md"], ["no folder", "none"]),
        (["--gradcheck-save", "."], ["it is a folder"]),
        (["--gradcheck-against", "none.json"], ["none.json", "No such file"]),
        (["--gradcheck-against", "pyproject.toml"], ["pyproject.toml: this is not JSON"]),
    ],
    ids=" ".join,
)
def test_options_that_cannot_be_used_are_refused(project, args, words):
    refused(project.run(*args), *words)


def test_a_baseline_of_another_schema_is_refused(project):
    project.file("old.json", '{"schema": "gradcheck-run/1"}')
    refused(project.run("--gradcheck-against", "old.json"), "old.json", "'gradcheck-run/1'", "'gradcheck-run/3'")


def test_help_lists_the_options_of_a_group(project):
    result = project.run("--help")
    result.stdout.fnmatch_lines(["gradients of hand-written backward passes*:", "  --gradcheck-examples=N*"])


def test_the_marker_is_listed(project):
    result = project.run("--markers")
    result.stdout.fnmatch_lines("@pytest.mark.gradcheck(examples=…, seed=…, *")
