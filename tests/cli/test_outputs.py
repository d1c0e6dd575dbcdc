"""Where a report goes: stdout, or files by their suffixes."""

from pathlib import Path

import pytest

from gradcheck.cli.outputs import ReportOutput, choose_outputs, write_output
from gradcheck.report.context import ReportContext
from gradcheck.report.registry import RendererError
from gradcheck.running.session import UsageError
from tests.report.example_runs import GOOD, WRONG, make_result, make_run

A, B = Path("a.md"), Path("b.sarif")


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("form", "files", "outputs"),
    [
        (None, (), [("text", None)]),
        ("json", (), [("json", None)]),
        (None, (A,), [("markdown", A)]),
        (None, (A, B), [("markdown", A), ("sarif", B)]),
        (None, (A, A), [("markdown", A)]),
        ("json", (A,), [("json", A)]),
        ("json", (A, A), [("json", A)]),
        ("markdown", (Path("a.txt"),), [("markdown", Path("a.txt"))]),
        ("github", (A, B), [("github", None), ("markdown", A), ("sarif", B)]),
        (None, (Path("report"),), [("text", Path("report"))]),
    ],
)
def test_the_suffix_chooses_and_the_format_is_of_one_file_or_of_stdout(form, files, outputs):
    assert choose_outputs(form, files) == tuple(ReportOutput(form, file) for form, file in outputs)


def test_a_suffix_of_no_format_is_refused():
    with pytest.raises(RendererError, match=r"^b.rst: a report is one of .txt \(text\), "):
        choose_outputs(None, (A, Path("b.rst")))


@pytest.mark.parametrize("form", [None, "json"])
def test_a_file_that_cannot_be_written_is_refused(form):
    with pytest.raises(UsageError, match="there is no folder none"):
        choose_outputs(form, (A, Path("none/b.md")))


def test_a_copy_is_written_where_it_goes(capsys):
    write_output(ReportOutput("markdown", A), make_run(GOOD), ReportContext())
    assert A.read_text(encoding="utf-8").startswith("# gradcheck\n")
    assert capsys.readouterr().out == ""
    write_output(ReportOutput("text"), make_run(WRONG), ReportContext(brief=True))
    assert capsys.readouterr().out.startswith("1 of 1 op fails: affine (gradient of b).\naffine: gradient of b is 0.5")


@pytest.mark.parametrize("form", ["text", "json"])
def test_in_a_job_of_github_no_line_of_a_text_is_a_command(form, capsys, monkeypatch):
    run = make_run(make_result("::error::pwned ##[error]pwned", notes=("a note",)))
    write_output(ReportOutput(form), run, ReportContext())
    plain = capsys.readouterr().out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    write_output(ReportOutput(form), run, ReportContext())
    guarded = capsys.readouterr().out
    assert guarded.replace("\u200b", "") == plain
    assert any(line.startswith("::") for line in plain.splitlines()) == (form == "text")
    assert not any(line.lstrip().startswith("::") for line in guarded.splitlines())
    assert ("##[" in guarded) == (form == "json")


def test_with_annotations_goes_the_summary_of_the_job(monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    write_output(ReportOutput("github", Path("a.txt")), make_run(WRONG), ReportContext())
    assert Path("summary.md").read_text(encoding="utf-8").startswith("# gradcheck\n")
