"""Other packages add laws, oracles, calling conventions and formats by entry points, without touching gradcheck."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from gradcheck.extensions import ExtensionError, ExtensionPoint

EXAMPLE = Path(__file__).parents[1] / "examples" / "extension"


def install(site, distribution, entry_points, **modules):
    """Install a distribution into a folder, as pip does: its metadata beside its modules."""
    metadata = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    lines = [
        line
        for group, entries in entry_points.items()
        for line in (f"[{group}]", *(f"{name} = {place}" for name, place in entries.items()))
    ]
    (metadata / "entry_points.txt").write_text("\n".join([*lines, ""]))
    for name, content in modules.items():
        (site / f"{name}.py").write_text(content)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder on the path of every new process, which works in a copy of the example."""
    shutil.copytree(EXAMPLE, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__", "gradcheck_sample"))
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.delenv("COLUMNS", raising=False)  # which xdist sets, and tables fit
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "site"), *filter(None, sys.path)]))
    return tmp_path / "site"


@pytest.fixture
def example(site):
    """The package of the example, installed by what its pyproject.toml says."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    install(site, project["name"], project["entry-points"])
    shutil.copytree(EXAMPLE / "gradcheck_sample", site / "gradcheck_sample")


def run_python(*args):
    """Python in a process of its own."""
    return subprocess.run([sys.executable, *args], capture_output=True, text=True, check=False)


def run_gradcheck(*args):
    """The command line in a process of its own."""
    return run_python("-c", "from gradcheck.cli import main; main()", *args)


def run_pytest(*args):
    """The tests of the project in a process of its own."""
    return run_python("-m", "pytest", "-q", "-p", "no:cacheprovider", *args)


@pytest.mark.slow
@pytest.mark.usefixtures("example")
def test_a_law_an_oracle_a_convention_and_a_format_of_another_package_work_together():
    done = run_gradcheck("check", "functions.py", "--format", "tsv", "--save", "run.json", "--examples", "8")
    assert (done.returncode, done.stderr) == (1, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert {row[0] for row in rows} == {"square", "matmul"}
    assert [row[2] for row in rows if row[1] == "contiguity"] == ["passed", "failed"]
    assert rows[-1][1] == "contiguity"
    assert {row[3] for row in rows} == {"complex step, differences, five-point"}
    reported = run_gradcheck("report", "run.json").stdout
    assert "complex step    five-point    tightest" in reported
    assert "matmul: gradient of x is not contiguous" in reported
    (file,) = Path(".gradcheck").glob("*.json")
    replayed = run_gradcheck("replay", str(file))
    assert replayed.returncode == 1
    assert replayed.stdout.startswith("matmul: does not hold on the case that was kept for contiguity of x (failed).")


@pytest.mark.slow
@pytest.mark.usefixtures("example")
def test_the_example_passes_its_own_tests_and_pytest_checks_its_functions_by_the_law():
    done = run_pytest("--gradcheck-report", "report.tsv")
    assert done.stdout.splitlines()[-1].startswith("1 failed, 17 passed, 10 skipped"), done.stdout
    assert "FAILED pyproject.toml::functions.py::matmul::contiguity" in done.stdout
    assert "matmul\tcontiguity\tfailed\t" in Path("report.tsv").read_text()


@pytest.mark.slow
@pytest.mark.usefixtures("example")
def test_a_law_of_another_package_is_listed_chosen_left_out_and_departed_from():
    assert run_gradcheck("laws").stdout.rstrip().rpartition("\n\n")[2].startswith("contiguity\n")
    chosen = run_gradcheck("check", "functions.py", "--op", "matmul", "--law", "contiguity", "--format", "json")
    assert [v["law"] for v in json.loads(chosen.stdout)["results"][0]["verdicts"]] == ["contiguity"]
    Path("pyproject.toml").write_text('[tool.gradcheck]\nskip = ["contiguity"]\n')
    left_out = run_gradcheck("check", "functions.py", "--op", "matmul", "--format", "tsv", "--examples", "4")
    assert (left_out.returncode, "contiguity" in left_out.stdout) == (0, False)
    with Path("functions.py").open("a") as file:
        file.write("\n\nimport gradcheck\nmatmul = gradcheck.adapt(matmul, exceptions={'contiguity': 'a view'})\n")
    departs = run_gradcheck("check", "functions.py", "--op", "matmul", "--law", "contiguity", "--format", "tsv")
    assert departs.stdout == "matmul\tcontiguity\tinapplicable\t\n"


@pytest.mark.slow
@pytest.mark.usefixtures("example")
def test_help_and_the_collection_of_tests_load_no_extension_that_they_do_not_need():
    told = "print(*[name for name in ('jax', 'torch', 'numpy', 'gradcheck_sample') if name in sys.modules])"
    main = "from gradcheck.cli import main\ntry: main(['check', '--help'])\nfinally: print('loaded:', end=' '); "
    done = run_python("-c", f"import sys\n{main}{told}")
    assert "|tsv]" in done.stdout
    assert done.stdout.endswith("loaded: \n")
    Path("conftest.py").write_text(
        "import sys\n\ndef pytest_sessionfinish():\n"
        "    print('loaded:', *[m for m in sorted(sys.modules) if m.startswith('gradcheck_sample.')])\n"
    )
    Path("tests/test_sample.py").unlink()
    collected = run_pytest("--co", "-s").stdout
    assert "pyproject.toml::functions.py::square::contiguity" in collected
    assert "loaded: gradcheck_sample.contiguity\n" in collected


LAW = """
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.findings import make_finding
from gradcheck.laws.law import Law

def examine(op, case, evaluator):
    BODY

LAW = Law("odd", "It is odd.", "It is not even.", examine)
"""
ORACLE = """
from gradcheck import Estimate

class Odd:
    name = "odd"

    def differentiate(self, evaluator, derivative, rng):
        BODY

ORACLE = Odd()
"""
FAULTS = {
    "a law that raises": ("law", LAW, "1 / 0", "LAW.examine raises ZeroDivisionError: division by zero"),
    "a law that observes nothing": ("law", LAW, "pass", "LAW.examine returns NoneType, not Observation"),
    "a law that speaks for another": (
        "law",
        LAW,
        "return Observation((make_finding(op, 'value', case, 'odd'),))",
        "LAW.examine raises ValueError: a finding of value; make it of odd",
    ),
    "an oracle that raises": ("oracle", ORACLE, "1 / 0", "ORACLE.differentiate raises ZeroDivisionError"),
    "an oracle of another shape": (
        "oracle",
        ORACLE,
        "return Estimate(0.0, 0.0)",
        "ORACLE.differentiate raises ValueError: value and error have shapes () and (), expected (",
    ),
    "an oracle that returns a number": ("oracle", ORACLE, "return 3", "returns int, not Estimate or NoneType"),
}
PLAIN = "def forward(x: 'N D'):\n    return x * x, x\n\ndef backward(dy, x):\n    return 2 * x * dy\n"


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_an_extension_is_one_error_that_names_it_and_not_the_op(site, fault):
    noun, template, body, problem = FAULTS[fault]
    install(
        site, "oddities", {f"gradcheck.{noun}s": {"odd": f"odd:{noun.upper()}"}}, odd=template.replace("BODY", body)
    )
    Path("plain.py").write_text(PLAIN)
    done = run_gradcheck("check", "plain.py", "--examples", "40", "--jobs", "2")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"gradcheck: the {noun} 'odd' of oddities 1.0 cannot be used: odd:")
    assert problem in done.stderr


@pytest.mark.slow
def test_an_oracle_in_which_the_code_under_test_raises_is_silent(site):
    body = "evaluator.call_forward((1, 2, 3, 4))"
    install(site, "oddities", {"gradcheck.oracles": {"odd": "odd:ORACLE"}}, odd=ORACLE.replace("BODY", body))
    Path("plain.py").write_text(PLAIN)
    done = run_gradcheck("check", "plain.py", "--examples", "4")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "odd" not in done.stdout


ASSERT = """
import gradcheck
from plain import backward, forward

def test_assert(): gradcheck.assert_correct(forward, backward)
def test_fixture(gradcheck): gradcheck(forward, backward)
"""


@pytest.mark.slow
def test_a_law_that_raises_fails_a_test_and_one_that_cannot_be_loaded_its_collection(site):
    install(site, "oddities", {"gradcheck.laws": {"odd": "odd:LAW"}}, odd=LAW.replace("BODY", "1 / 0"))
    Path("plain.py").write_text(PLAIN)
    Path("tests/test_sample.py").write_text(ASSERT)
    settings = '[tool.pytest.ini_options]\npythonpath = ["."]\n[tool.gradcheck]\nops = ["plain.py"]\n'
    Path("pyproject.toml").write_text(settings)
    done = run_pytest("-k", "odd or test_")
    message = "the law 'odd' of oddities 1.0 cannot be used: odd:LAW.examine raises ZeroDivisionError"
    assert done.stdout.splitlines()[-1].startswith("3 failed"), done.stdout
    assert sum(line.startswith(f"gradcheck: {message}") for line in done.stdout.splitlines()) == 2
    assert f"gradcheck.extensions.ExtensionError: {message}" in done.stdout
    (site / "odd.py").unlink()
    broken = run_pytest("plain.py", "pyproject.toml")
    message = "gradcheck: the law 'odd' of oddities 1.0 cannot be used: odd:LAW raises ModuleNotFoundError"
    assert message in broken.stdout
    assert "Traceback" not in broken.stdout + broken.stderr
    chosen = run_pytest("--gradcheck-only", "odd")
    assert chosen.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {message}" in chosen.stderr


class Shape(Protocol):
    """An interface."""

    @property
    def name(self) -> str:
        """Its name."""

    def area(self) -> float:
        """Its area."""


@dataclass(frozen=True)
class Circle:
    """An interface that is a class."""

    name: str
    area: object = None


SHAPES = """
from types import SimpleNamespace
from tests.test_extensions import Circle

class Square:
    name = "square"
    def area(self):
        return AREA

SQUARE = Square()
CIRCLE = Circle("square", Square().area)
FLAT = SimpleNamespace(name="square", area=3)
"""


@pytest.fixture
def shapes(tmp_path, monkeypatch):
    """Makes the extension point of shapes, once a package with this entry point is installed."""

    def make(entry, area="4.0", interface=Shape, package="shapes", **given):
        install(tmp_path, package, {"tests.shapes": dict([entry])}, some_shapes=SHAPES.replace("AREA", area))
        return ExtensionPoint("tests.shapes", "shape", interface, ("triangle",), **given)

    monkeypatch.syspath_prepend(tmp_path)
    yield make
    sys.modules.pop("some_shapes", None)


@pytest.mark.parametrize(("interface", "place"), [(Shape, "SQUARE"), (Circle, "CIRCLE")])
def test_an_extension_is_found_by_its_name_and_among_all(shapes, interface, place):
    point = shapes(("square", f"some_shapes:{place}"), interface=interface)
    assert point.list_names() == ("square",)
    assert "some_shapes" not in sys.modules
    assert point.find("circle") is None
    found = point.find("square")
    assert (found.name, found.area()) == ("square", 4.0)
    assert [shape.area() for shape in point.load_all()] == [4.0]


BROKEN = {
    "no module": (Shape, "square", "no_shapes:SQUARE", "no_shapes:SQUARE raises ModuleNotFoundError: No module named"),
    "no attribute": (Shape, "square", "some_shapes:CUBE", "some_shapes:CUBE raises AttributeError: "),
    "a class": (Shape, "square", "some_shapes:Square", "is a class; write Square(…)"),
    "no member": (Shape, "square", "sys:path", "sys:path has no name, area, which tests.test_extensions.Shape asks"),
    "no function": (Shape, "square", "some_shapes:FLAT", "has area, which cannot be called"),
    "another class": (Circle, "square", "some_shapes:SQUARE", "is of type Square, not tests.test_extensions.Circle"),
    "another name": (Shape, "cube", "some_shapes:SQUARE", "is named 'square'; give it and its entry point one name"),
}


@pytest.mark.parametrize(("interface", "name", "place", "problem"), BROKEN.values(), ids=BROKEN)
def test_an_extension_that_cannot_be_used_is_an_error_that_names_its_distribution(
    shapes, interface, name, place, problem
):
    point = shapes((name, place), interface=interface)
    with pytest.raises(ExtensionError) as error:
        point.load_all()
    start, end = f"the shape {name!r} of shapes 1.0 cannot be used: {place} ", "; update that package, or uninstall it"
    assert str(error.value).startswith(start)
    assert problem in str(error.value)
    assert str(error.value).endswith(end)


def test_a_module_that_ends_the_process_is_told(shapes, tmp_path):
    point = shapes(("square", "some_shapes:SQUARE"))
    (tmp_path / "some_shapes.py").write_text("raise SystemExit(3)")
    with pytest.raises(ExtensionError, match="some_shapes:SQUARE raises SystemExit: 3"):
        point.find("square")


def test_a_name_that_divides_lists_is_refused(shapes, tmp_path):
    point = shapes(("square, red", "some_shapes:SQUARE"))
    (tmp_path / "some_shapes.py").write_text(SHAPES.replace('"square"', '"square, red"').replace("AREA", "1"))
    with pytest.raises(ExtensionError, match="has a name of other characters than letters"):
        point.load_all()


@pytest.mark.parametrize("name", ["triangle", "square"])
def test_a_name_that_is_taken_is_refused_where_it_is_asked_for(shapes, name):
    point = shapes((name, "some_shapes:SQUARE"), package="others")
    if name != "triangle":
        shapes((name, "some_shapes:SQUARE"))
    message = {
        "triangle": "others 1.0 adds the shape 'triangle', as gradcheck does",
        "square": "shapes 1.0 adds the shape 'square', as others 1.0 does",
    }[name]
    assert point.find("circle") is None
    for ask in (lambda: point.find(name), point.load_all):
        with pytest.raises(ExtensionError, match=message):
            ask()


@pytest.mark.parametrize(
    ("area", "problem"),
    [("1 / 0", "area raises ZeroDivisionError: division by zero"), ("'big'", "area returns str, not float")],
)
def test_a_function_that_raises_or_returns_something_else_names_the_extension(shapes, area, problem):
    point = shapes(("square", "some_shapes:SQUARE"), area, results={"area": (float,)})
    found = point.find("square")
    with pytest.raises(ExtensionError, match=f"'square' of shapes 1.0 cannot be used: some_shapes:SQUARE.{problem}"):
        found.area()


def test_an_exception_that_the_interface_allows_goes_through(shapes):
    point = shapes(("square", "some_shapes:SQUARE"), "1 / 0", passing=(ZeroDivisionError,))
    with pytest.raises(ZeroDivisionError):
        point.find("square").area()


def test_what_is_made_of_an_extension_is_used_in_its_place(shapes):
    point = shapes(("square", "some_shapes:SQUARE"), prepare=lambda found: Circle("round", lambda: 3.0))
    assert (point.find("square").name, point.find("square").area()) == ("round", 3.0)
