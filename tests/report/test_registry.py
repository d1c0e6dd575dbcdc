"""The formats of a report come from one registry, to which an installed package adds without touching gradcheck."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.extensions import describe_problem
from gradcheck.records.results import OpResult, Run, Verdict
from gradcheck.records.status import Status
from gradcheck.report import registry, render_run
from gradcheck.report.context import ReportContext
from gradcheck.report.renderer import Renderer

RENDERER = """
class LineRenderer:
    name = "line"
    suffix = ".line"
    shows_comparison = False

    def render(self, run, context):
        return "|".join(f"{result.op} {result.status}" for result in run.results) + "\\n"

LINE = LineRenderer()
"""
OPS = """
from gradcheck.report.context import ReportContext
from gradcheck import Array, Op

square = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("*S")})
"""


def install(folder, distribution, entry_points, **modules):
    """Install a distribution into a folder, as pip does: its metadata beside its modules."""
    metadata = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{registry.ADDED_RENDERERS.group}]\n{entry_points}\n")
    for name, content in modules.items():
        (folder / f"{name}.py").write_text(content)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder on the path of every new process, and a project to work in."""
    site, project = tmp_path / "site", tmp_path / "project"
    site.mkdir()
    project.mkdir()
    (project / "pyproject.toml").write_text('[tool.gradcheck]\nops = ["ops.py"]\nlaws = ["contract"]\n')
    (project / "ops.py").write_text(OPS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), *filter(None, sys.path)]))
    monkeypatch.chdir(project)
    return site


@pytest.fixture
def line_format(site):
    """A package that adds the format `line`."""
    install(site, "gradcheck-line", "line = gradcheck_line:LINE", gradcheck_line=RENDERER)


def run_gradcheck(*args):
    """The command line in a process of its own."""
    command = [sys.executable, "-c", "from gradcheck.cli import main; main()", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_pytest(*args):
    """The tests of the project in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("form", registry.BUILT_IN_RENDERERS)
def test_a_renderer_of_this_package_is_what_the_protocol_asks_for(form):
    renderer = registry.load_renderer(form)
    assert describe_problem(Renderer, renderer, form) == ""
    assert renderer.suffix.startswith(".")
    assert registry.find_renderer_of_file(Path(f"report{renderer.suffix}")) is renderer


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("run.json", "json"),
        ("gl.codequality.json", "gitlab"),
        ("report.txt", "text"),
        ("run.github.txt", "github"),
        ("junit.xml", "junit"),
        ("a.b.sarif", "sarif"),
        ("run.jsonl", "jsonl"),
        ("metrics.om", "openmetrics"),
    ],
)
def test_the_longest_suffix_chooses_the_format(name, form):
    assert registry.find_renderer_of_file(Path(name)).name == form


@pytest.mark.parametrize("name", ["report.rst", "report", "report.json.gz"])
def test_a_suffix_of_no_format_is_refused_with_those_that_there_are(name):
    with pytest.raises(registry.RendererError, match=rf"^{name}: a report is one of \.txt \(text\), .*\.om \(openm"):
        registry.find_renderer_of_file(Path(name))


def test_a_format_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(registry.RendererError, match=r"'markdwon'; did you mean 'markdown'\? There are: text"):
        render_run(Run((), 0, 1), "markdwon")


@pytest.mark.slow
@pytest.mark.usefixtures("line_format")
def test_a_format_of_another_package_is_a_choice_of_check_and_report():
    checked = run_gradcheck("check", "--format", "line", "--save", "run.json")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "square passed\n", "")
    reported = run_gradcheck("report", "run.json", "--format", "line")
    assert (reported.returncode, reported.stdout) == (0, "square passed\n")
    assert "|line]" in run_gradcheck("report", "--help").stdout


@pytest.mark.slow
@pytest.mark.usefixtures("line_format")
def test_a_regression_that_its_text_does_not_show_is_told_on_stderr():
    run_gradcheck("check", "--save", "before.json")
    saved = json.loads(Path("before.json").read_text())
    saved["results"][0]["measured"] = dict.fromkeys(saved["results"][0]["measured"], 1e-30)
    Path("before.json").write_text(json.dumps(saved))
    worse = OPS.replace("2 * x * dy", "2.0001 * x * dy")
    Path("ops.py").write_text(worse)
    done = run_gradcheck("check", "--format", "line", "--against", "before.json")
    assert done.returncode == 1
    assert done.stderr.startswith("gradcheck: regression: square: ")


@pytest.mark.slow
@pytest.mark.usefixtures("line_format")
def test_pytest_chooses_it_by_the_suffix_of_its_file():
    done = run_pytest("--gradcheck-report", "report.line")
    assert done.returncode == 0, done.stdout + done.stderr
    assert Path("report.line").read_text() == "square passed\n"
    refused = run_pytest("--gradcheck-report", "report.rst")
    assert refused.returncode == pytest.ExitCode.USAGE_ERROR
    assert ".txt (text), .md (markdown), .json (json), " in refused.stderr
    assert ", .line (line); name such a file" in refused.stderr


BROKEN = {
    "no module": ("line = gradcheck_line_gone:LINE", "raises ModuleNotFoundError: No module named"),
    "no attribute": ("line = gradcheck_line:LIN", "raises AttributeError: "),
    "an error in it": ("line = gradcheck_line_broken:LINE", "raises ZeroDivisionError: division by zero"),
    "a class": ("line = gradcheck_line:LineRenderer", "is a class; write LineRenderer(…)"),
    "no renderer": ("line = gradcheck_line:__name__", "has no name, suffix, shows_comparison, render"),
    "another name": ("row = gradcheck_line:LINE", "is named 'line'; give it and its entry point one name"),
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", BROKEN)
def test_a_format_that_cannot_be_used_is_one_error_that_names_its_package(site, mistake):
    entry_point, problem = BROKEN[mistake]
    install(site, "gradcheck-line", entry_point, gradcheck_line=RENDERER, gradcheck_line_broken="1 / 0")
    form = entry_point.partition(" ")[0]
    start = f"the format '{form}' of gradcheck-line 1.0 cannot be used: {entry_point.partition('= ')[2]} {problem}"
    done = run_gradcheck("check", "--format", form)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"gradcheck: {start}")
    assert done.stderr.count("\n") == 1
    assert run_gradcheck("check").returncode == 0  # who does not ask for it is not troubled


@pytest.mark.slow
def test_a_format_that_cannot_be_used_is_a_usage_error_of_pytest(site):
    install(site, "gradcheck-line", "line = gradcheck_line_gone:LINE")
    done = run_pytest("--gradcheck-report", "report.line")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: gradcheck: the format 'line' of gradcheck-line 1.0 cannot be used: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_format_that_two_packages_add_is_refused_with_both_names(site):
    for distribution in ("gradcheck-line", "gradcheck-row"):
        install(site, distribution, "line = gradcheck_line:LINE", gradcheck_line=RENDERER)
    done = run_gradcheck("check", "--format", "line")
    assert done.returncode == 2
    assert "gradcheck-row 1.0 adds the format 'line', as gradcheck-line 1.0 does; rename" in done.stderr


@pytest.mark.slow
def test_a_format_that_is_called_like_one_of_this_package_is_refused_where_that_is_asked_for(site):
    install(site, "gradcheck-line", "text = gradcheck_line_gone:LINE")
    done = run_gradcheck("check", "--format", "text")
    assert done.returncode == 2
    assert "gradcheck-line 1.0 adds the format 'text', as gradcheck does; rename" in done.stderr
    assert run_gradcheck("check", "--format", "json").returncode == 0
    assert f"[{'|'.join(registry.BUILT_IN_RENDERERS)}]" in run_gradcheck("check", "--help").stdout.replace(
        "\n", ""
    ).replace(" ", "")


def test_the_text_of_a_run_is_that_of_its_renderer(tmp_path):
    run = Run((OpResult("sin", "user", (Verdict("sin", "gradient", Status.PASSED),)),), 0, 1)
    text = registry.load_renderer("text").render(run, ReportContext(brief=True, folder=tmp_path))
    assert text == render_run(run, "text", ReportContext(brief=True)) == "1 op checked on 0 cases: it holds.\n"
