"""What a session found is shown in the end, and written where it was asked for."""

import json
from pathlib import Path

import pytest

from gradcheck.records.results import Run

SOME = ("--gradcheck-only", "gradient", "--gradcheck-only", "value")


def run_in(project, name):
    """A saved run."""
    return Run.from_json((project.path / name).read_text())


@pytest.mark.slow
def test_the_terminal_shows_answer_and_table_of_whole_ops(project):
    result = project.run(*SOME)
    result.stdout.fnmatch_lines(
        [
            "*= gradcheck =*",
            "1 of 2 ops fails: affine (gradient of b).",
            "op * status *",
            "affine * failed *",
            "square * passed *",
        ]
    )


def test_nothing_is_shown_where_nothing_was_checked(project):
    project.tests("def test_plain():\n    pass\n")
    assert "= gradcheck =" not in project.run("tests").stdout.str()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "start"),
    [("report.txt", "1 of 2 ops fails"), ("report.md", "# gradcheck\n"), ("report.json", '{\n "schema"')],
)
def test_a_report_is_written_in_the_format_of_its_suffix(project, name, start):
    project.run(*SOME, "--gradcheck-report", name)
    assert (project.path / name).read_text().startswith(start)


@pytest.mark.slow
def test_a_report_is_written_without_a_terminal_too(project):
    result = project.spawn(*SOME, "-p", "no:terminal", "--gradcheck-report", "report.md")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "**1 of 2 ops fails: affine (gradient of b).**" in (project.path / "report.md").read_text()


@pytest.mark.slow
def test_without_a_cache_and_in_fixed_order_all_is_the_same(project):
    project.spawn(*SOME, "-p", "no:cacheprovider", "-p", "no:randomly").assert_outcomes(passed=3, failed=1)


@pytest.mark.slow
def test_a_saved_run_is_that_of_the_command_line_by_its_ops_and_laws(project):
    project.run(*SOME, "--gradcheck-save", "run.json")
    run = run_in(project, "run.json")
    assert [(r.op, r.target, r.status) for r in run.results] == [
        ("affine", "mynet.layers", "failed"),
        ("square", "mynet.layers", "passed"),
    ]
    assert [v.law for v in run.results[0].verdicts] == ["value", "gradient"]
    assert (run.examples, run.seed, run.complete) == (4, 0, True)
    assert all(result.corpus and result.measured for result in run.results)


BIASED = """
from gradcheck import Array, Op
from gradcheck.declaration.origin import NotChecked

square = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("*S")})
square = square.with_origin(not_checked=(NotChecked("b", "default None kept"),))
"""


@pytest.mark.slow
@pytest.mark.parametrize("quiet", [[], ["-q"]])
def test_what_was_not_checked_is_printed_for_ops_that_pass_and_fails_under_strict(project, quiet):
    project.module("layers", BIASED)
    result = project.run(*SOME, *quiet)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "1 op checked on 4 cases: it holds; not checked: b (default None kept).",
            "Not checked",
            "  b: default None kept",
        ]
    )
    result = project.run(*SOME, *quiet, "--gradcheck-strict")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines("square: not checked: b (default None kept)")


@pytest.mark.slow
def test_a_marker_that_is_strict_fails_what_was_not_checked(project):
    project.table()
    project.module("layers", BIASED)
    project.tests(
        "from mynet.layers import square\n"
        "@pytest.mark.gradcheck(strict=True, laws=['contract'])\n"
        "def test_strict(gradcheck):\n    gradcheck(square)\n"
    )
    result = project.spawn()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("*square: not checked: b (default None kept)")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_file_that_cannot_be_written_is_told_below_the_summary(project):
    (project.path / "full.md").symlink_to("/dev/full")
    result = project.run(*SOME, "--gradcheck-report", "full.md", "--gradcheck-save", "run.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(
        ["1 of 2 ops fails: affine (gradient of b).", "gradcheck: *full.md: cannot be written: No space left on device"]
    )
    assert len(run_in(project, "run.json").results) == 2
    result = project.spawn(*SOME, "-p", "no:terminal", "--gradcheck-report", "full.md")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("gradcheck: *full.md: cannot be written: *")


@pytest.mark.slow
def test_a_session_that_leaves_tests_out_is_saved_beside_a_whole_one(project):
    project.run(*SOME, "--gradcheck-save", "run.json")
    result = project.run(*SOME, "-k", "square", "--gradcheck-save", "run.json")
    result.stdout.fnmatch_lines("gradcheck: *run.json: the earlier run is kept, *not all tests ran; it lacks affine*")
    assert [len(run_in(project, name).results) for name in ("run.json", "run.partial.json")] == [2, 1]


@pytest.mark.slow
def test_ctrl_c_ends_pytest_as_usual_and_what_was_done_is_summed_up(project):
    project.module(
        "stopping",
        """
import os, signal
from gradcheck import Array, Op

def forward(x):
    os.kill(os.getpid(), signal.SIGINT)
    return x * x, x

stopping = Op("stopping", forward, lambda dy, x: 2 * x * dy, inputs={"x": Array("*S")})
""",
    )
    project.table('ops = ["mynet.layers:square", "mynet.stopping"]')
    result = project.spawn(*SOME, "--gradcheck-save", "run.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["1 op checked on 4 cases: it holds. The run is incomplete.", "*KeyboardInterrupt*"])
    assert [(r.op, r.status) for r in run_in(project, "run.json").results] == [("square", "passed")]


@pytest.mark.slow
def test_several_reports_are_written_each_in_the_format_of_its_suffix(project):
    project.run(*SOME, "--gradcheck-report", "report.md", "--gradcheck-report", "run.sarif")
    assert (project.path / "report.md").read_text().startswith("# gradcheck\n")
    assert json.loads((project.path / "run.sarif").read_text())["version"] == "2.1.0"


def list_commands(result):
    """The commands to the runner of GitHub in what pytest printed."""
    return [line for line in (*result.outlines, *result.errlines) if line.startswith("::")]


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("-p", "no:terminal"), ("-n", "2")], ids=" ".join)
def test_a_job_of_github_is_told_of_the_session(project, monkeypatch, options):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.path / "summary.md"))
    (command,) = list_commands(project.spawn(*SOME, *options))
    assert command.startswith("::error file=")
    assert "affine: gradient of b is " in command
    assert (project.path / "summary.md").read_text().count("# gradcheck\n\n**1 of 2 ops fails: ") == 1


@pytest.mark.slow
@pytest.mark.parametrize("place", ["option", "setting"])
def test_that_can_be_switched_off(project, monkeypatch, place):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.path / "summary.md"))
    if place == "setting":
        project.table('ops = ["mynet.layers"]', "annotations = false")
    options = ("--gradcheck-no-annotations",) if place == "option" else ()
    assert list_commands(project.run(*SOME, *options)) == []
    assert not (project.path / "summary.md").exists()
