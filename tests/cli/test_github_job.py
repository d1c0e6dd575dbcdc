"""A job of GitHub: annotations on its output, and its summary, by themselves and not twice."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.cli.github_job import append_job_summary, is_github_job, tell_github_job
from gradcheck.report.ci.job_summary import MOST_SUMMARY_BYTES
from gradcheck.report.context import ReportContext
from gradcheck.running.session import UsageError
from tests.report.example_runs import GOOD, WRONG, make_run

HALF = """
def forward(x: "N D"):
    return x * x, x


def backward(dy, x):
    return dy * x
"""


@pytest.fixture(autouse=True)
def _job(tmp_path, monkeypatch):
    """A job in a repository with a wrong layer."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "half.py").write_text(HALF)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")


def read_summary():
    """The summary of the job, "" where there is none."""
    return Path("summary.md").read_text(encoding="utf-8") if Path("summary.md").exists() else ""


def check(*args):
    """Check the layer."""
    return CliRunner().invoke(main, ["check", "half.py", "--law", "gradient", "--examples", "8", *args])


def list_commands(text):
    """The workflow commands in a text."""
    return [line for line in text.splitlines() if line.startswith("::")]


def test_a_job_is_known_by_its_environment(monkeypatch):
    assert is_github_job()
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert not is_github_job()
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert not is_github_job()


def test_summaries_of_one_step_stand_one_after_the_other(capsys):
    tell_github_job(make_run(WRONG), ReportContext())
    append_job_summary(make_run(GOOD), ReportContext())
    assert read_summary().count("# gradcheck\n") == 2
    assert len(list_commands(capsys.readouterr().out)) == 1


def test_a_step_that_has_a_long_summary_gets_a_short_one(capsys):
    Path("summary.md").write_text("x" * (MOST_SUMMARY_BYTES - 100))
    append_job_summary(make_run(*[WRONG] * 100), ReportContext())
    assert os.path.getsize("summary.md") < 1024 * 1024
    assert "Cut, to fit into a summary: 100 ops, 100 findings" in read_summary()


def test_without_a_file_there_is_no_summary(monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    append_job_summary(make_run(WRONG), ReportContext())
    assert not read_summary()


def test_a_summary_that_cannot_be_written_is_an_error(monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "none/summary.md")
    with pytest.raises(UsageError, match=r"none/summary.md: the summary of the job cannot be written: No such file"):
        append_job_summary(make_run(WRONG), ReportContext())


@pytest.mark.slow
def test_a_check_tells_the_job_beside_its_text():
    done = check()
    assert done.exit_code == 1
    assert done.stdout.startswith("1 of 1 op fails: half (gradient of x).")
    (command,) = list_commands(done.stdout)
    assert command.startswith("::error file=half.py,line=7,title=gradcheck ")
    assert "half: gradient of x is " in command
    assert read_summary().startswith("# gradcheck\n\n**1 of 1 op fails: half (gradient of x).**\n")


@pytest.mark.slow
def test_a_check_that_writes_files_alone_tells_the_job_too():
    done = check("-o", "report.md", "-o", "run.sarif")
    assert (done.stdout.count("\n"), len(list_commands(done.stdout))) == (1, 1)
    assert Path("run.sarif").exists()
    assert read_summary()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "commands", "has_summary"),
    [
        (["--format", "github"], 1, True),
        (["--format", "text"], 0, False),
        (["--format", "json"], 0, False),
        (["--no-annotations"], 0, False),
    ],
)
def test_a_format_that_is_given_is_all_that_is_printed(args, commands, has_summary):
    done = check(*args)
    assert len(list_commands(done.stdout)) == commands
    assert read_summary().count("# gradcheck\n") == has_summary


@pytest.mark.slow
def test_the_settings_switch_it_off():
    Path("pyproject.toml").write_text("[tool.gradcheck]\nannotations = false\n")
    assert list_commands(check().stdout) == []
    assert read_summary() == ""
    assert len(list_commands(check("--annotations").stdout)) == 1


@pytest.mark.slow
def test_a_summary_that_cannot_be_written_keeps_no_report_from_being_written(monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "none/summary.md")
    done = check("--save", "run.json")
    assert done.exit_code == 2
    assert "1 of 1 op fails" in done.stdout
    assert (
        done.stderr
        == "gradcheck: none/summary.md: the summary of the job cannot be written: No such file or directory\n"
    )
    assert Path("run.json").exists()


@pytest.mark.slow
def test_a_saved_run_is_told_where_it_is_asked_for():
    check("--save", "run.json", "--no-annotations")
    done = CliRunner().invoke(main, ["report", "run.json"])
    assert (list_commands(done.stdout), read_summary()) == ([], "")
    done = CliRunner().invoke(main, ["report", "run.json", "--format", "github"])
    assert len(list_commands(done.stdout)) == 1
    assert read_summary()
