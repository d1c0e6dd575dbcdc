"""What docs/audit.md says is what happens: its tables are whole, its commands and its program run."""

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gradcheck.audit.assignment import list_assignments
from gradcheck.audit.assignment_options import OPTION_READERS
from gradcheck.audit.assignment_reading import ASSIGNMENT_KEYS, FUNCTION_KEYS, read_assignment
from gradcheck.audit.assignment_template import write_template
from gradcheck.cli.commands import main
from gradcheck.records.audit import Audit, FunctionState
from gradcheck.report.audit.class_page import STATE_LETTERS
from gradcheck.report.audit.gradebooks.registry import GRADEBOOKS
from gradcheck.report.audit.show import Show

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
PLAIN = re.sub(r"^```.*?^```$", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
STUDENTS = 30


def read_rows(heading):
    """The cells of the table whose first heading this is."""
    table = GUIDE.partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.split("\n")[2:]]


def read_keys(heading):
    """The names in the first column of a table."""
    return {name for row in read_rows(heading) for name in re.findall(r"`([^`]+)`", row[0])}


def fenced(language):
    """The blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What the commands leave of a zipped class: three who wrote gates, and others who wrote nothing."""
    folder = tmp_path_factory.mktemp("class")
    with zipfile.ZipFile(folder / "homework.zip", "w") as archive:
        for path in sorted((ROOT / "examples" / "class").rglob("*.py")):
            archive.write(path, path.relative_to(ROOT / "examples" / "class"))
        for number in range(STUDENTS - 3):
            archive.writestr(f"student{number:02}.py", "add = lambda x, y: x + y\n")
    install, audit = fenced("")[0].splitlines()
    assert install.endswith(".venv/bin/pip install .")
    words = [sys.executable, "-m", *shlex.split(audit.removeprefix(".venv/bin/"))]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "results"


def test_the_tables_of_keys_are_whole():
    assert read_keys("key of the file") == set(ASSIGNMENT_KEYS)
    assert read_keys("key of a function") == {*FUNCTION_KEYS, *OPTION_READERS}


def test_the_states_are_those_of_the_pages():
    letters = {row[1]: row[0] for row in read_rows("on the page of the class")}
    assert letters == {str(state): STATE_LETTERS[state] for state in FunctionState}


def test_gradebooks_assignments_and_what_is_shown_are_all_named():
    assert {row[0] for row in read_rows("name")} == {f"`{name}`" for name in list_assignments()}
    books = {row[0].strip("`") for row in read_rows("gradebook")}
    assert books == set(GRADEBOOKS)
    assert read_keys("`--show`") == {str(show) for show in Show}


@pytest.mark.parametrize("name", list_assignments())
def test_an_assignment_has_its_title(name):
    assert [name, read_assignment(name).title] in [[row[0].strip("`"), row[1]] for row in read_rows("name")]


def test_the_options_named_exist():
    options = {option for parameter in main.commands["audit"].params for option in parameter.opts}
    named = set(re.findall(r"--[a-z][a-z-]+", " ".join(re.findall(r"`([^`]+)`", PLAIN))))
    assert len(named) >= 12
    assert named <= options


def test_the_files_linked_exist():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", GUIDE)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_the_assignment_shown_can_be_read(tmp_path):
    write_template(tmp_path / "homework.toml")
    (shown,) = fenced("toml")
    (tmp_path / "homework.toml").write_text(shown, encoding="utf-8")
    read = read_assignment(tmp_path / "homework.toml")
    assert (read.points, [variant.name for variant in read.functions[0].variants]) == (
        4,
        ["", "averaged over the batch"],
    )


@pytest.mark.slow
def test_a_zipped_class_becomes_pages_in_two_commands(results):
    read = Audit.from_json((results / "audit.json").read_text(encoding="utf-8"))
    assert (len(read.submissions), read.complete) == (STUDENTS, True)
    points = {row.student: row.points for row in read.submissions}
    assert (points["anna"], points["ben"], points["chloe"], points["student00"]) == (12, 7, 3, 0)
    files = {row[0].strip("`").partition("/")[0] for row in read_rows("file")}
    assert files == {path.name for path in results.iterdir()}


@pytest.mark.slow
def test_the_page_in_the_readme_is_the_one_that_comes_out(results):
    section = README.partition("## Audit a class")[2].partition("\n## In CI")[0]
    commands, page = re.findall(r"^```text\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert commands == "pip install .\ngradcheck audit examples/class --assignment lecture_gates -o results\n"
    assert page in (results / "students" / "ben.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_cluster_of_processes_of_this_machine_gives_the_same(tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'gradcheck[dask]'")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples" / "class" / "chloe", "homework/chloe")
    shutil.make_archive("homework", "zip", "homework")
    (program,) = fenced("python")
    Path("cluster.py").write_text(program, encoding="utf-8")
    done = subprocess.run([sys.executable, "cluster.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (row,) = Audit.from_json(Path("results/audit.json").read_text(encoding="utf-8")).submissions
    assert (row.student, row.points, row.functions[1].state) == ("chloe", 3, FunctionState.UNFINISHED)
