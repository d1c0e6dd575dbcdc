"""gradcheck init: a project is set up, and what it says to run next then runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli.commands import main
from gradcheck.project_setup.ci_files import CI_SYSTEMS

RIGHT = "def relu_forward(x):\n    return x * (x > 0), x\n\n\ndef relu_backward(dy, x):\n    return dy * (x > 0)\n"
WRONG = RIGHT.replace("dy * (x > 0)", "dy * 2 * (x > 0)").replace("relu", "ramp")
LAYER = """
class Scale:
    def forward(self, x):
        return 3 * x

    def backward(self, dy):
        return 3 * dy
"""


def make_files(folder, files):
    """Files by their names in a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def list_files(folder):
    """All files of a folder, with what is in them."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not {"__pycache__", ".gradcheck", ".pytest_cache"} & {*file.parts}
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*args):
    """The command in this process."""
    return CliRunner().invoke(main, ["init", *map(str, args)])


def run(*args):
    """A module as a user calls it, with the output and the exit code."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "GITHUB_ACTIONS": ""}
    done = subprocess.run([sys.executable, "-m", *args], capture_output=True, text=True, check=False, env=environment)
    return done.returncode, done.stdout


def refused(done, *words):
    """Whether this was refused as bad usage, with these words."""
    assert (done.exit_code, done.stdout) == (2, "")
    assert [word for word in words if word not in done.stderr] == []


@pytest.mark.slow
def test_an_empty_folder_gets_an_example_that_holds(folder):
    done = init()
    assert done.exit_code == 0
    assert done.stdout.startswith("No Python file is here; an example layer makes a start.\n\nWritten:\n  affine.py\n")
    assert sorted(list_files(folder)) == ["affine.py", "pyproject.toml", "tests/test_gradients.py"]
    code, said = run("gradcheck", "check", "--examples", "8")
    assert (code, said.split("\n")[0]) == (0, "1 op checked on 8 cases: it holds.")
    code, said = run("pytest", "-q", "-p", "no:cacheprovider")
    assert (code, "tests/test_gradients.py" in said) == (0, True)


@pytest.mark.slow
def test_a_package_is_set_up_and_its_wrong_layer_found(folder):
    make_files(folder, {"src/net/__init__.py": "", "src/net/layers.py": RIGHT + LAYER, "src/net/ramp.py": WRONG})
    make_files(folder, {"pyproject.toml": '[project]\nname = "net"\nversion = "1"\n', ".git/config": ""})
    make_files(folder, {"tests/test_others.py": "def test_nothing(): pass\n", "src/net/text.py": "x = 1\n"})
    done = init()
    assert done.stdout.startswith(
        "3 ops in 2 of 4 Python files:\n  src/net/layers.py: relu, Scale\n  src/net/ramp.py: ramp\n"
    )
    assert "run: python -m pip install . gradcheck==" in Path(".github/workflows/gradcheck.yml").read_text()
    with open("pyproject.toml", "a") as table:
        table.write("examples = 8\n")
    code, said = run("gradcheck", "check")
    assert (code, said.split("\n")[0]) == (1, "1 of 3 ops fails: ramp (gradient of x).")
    code, said = run("pytest", "-q", "-p", "no:cacheprovider")
    assert code == 1
    assert re.findall(r"^FAILED (\S+)", said, re.MULTILINE) == ["pyproject.toml::src/net/ramp.py::ramp::gradient"]


def test_nothing_is_overwritten_and_what_is_there_is_named(folder):
    make_files(folder, {"layers.py": RIGHT})
    assert init("--ci", "gitlab").exit_code == 0
    before = list_files(folder)
    make_files(folder, {"tests/test_gradients.py": "mine"})
    done = init("--ci", "gitlab")
    assert done.exit_code == 0
    assert list_files(folder) == {**before, "tests/test_gradients.py": b"mine"}
    assert done.stdout.split("\n\n")[1].split("\n") == [
        "Left as it is:",
        "  pyproject.toml: has a table [tool.gradcheck]",
        "  tests/test_gradients.py: exists",
        "  .gitlab-ci.yml: exists",
    ]


def test_a_dry_run_shows_all_and_writes_nothing(folder):
    make_files(folder, {"layers.py": RIGHT, "pyproject.toml": "[tool.ruff]\n"})
    before = list_files(folder)
    shown = init("--dry-run", "--ci", "github").stdout
    assert list_files(folder) == before
    init("--ci", "github")
    after = list_files(folder)
    assert after["pyproject.toml"].startswith(b"[tool.ruff]\n")
    new = {**after, "pyproject.toml": after["pyproject.toml"].removeprefix(b"[tool.ruff]\n\n")}
    for name in sorted({*after} - {"layers.py"}):
        lines = [f"    | {line}".rstrip() for line in new[name].decode().splitlines()]
        assert "\n".join([f"  {name}", *lines]) in shown


def test_another_folder_is_named_in_what_to_do_next(folder):
    make_files(folder, {"my net/layers.py": RIGHT})
    done = init("my net")
    assert f"Next:\n  cd '{folder}/my net'\n  gradcheck check " in done.stdout
    assert (folder / "my net" / "pyproject.toml").is_file()


def test_layers_of_one_folder_are_listed_in_the_project_around_it(folder):
    make_files(folder, {".git/config": "", "pyproject.toml": "", "net/layers.py": RIGHT, "other/ramp.py": WRONG})
    init("net", "--ci", "none")
    assert Path("pyproject.toml").read_text() == '[tool.gradcheck]\nops = ["net/layers.py"]\n'


def test_a_file_that_cannot_be_imported_is_not_listed_and_told(folder):
    make_files(folder, {"layers.py": RIGHT, "gpu.py": f"import no_such_module\n{RIGHT}", "broken.py": f"{RIGHT}x ="})
    done = init()
    assert 'ops = ["layers.py"]' in Path("pyproject.toml").read_text()
    assert "\nNot used:\n  broken.py: raises while it is imported: SyntaxError" in done.stdout
    assert (
        "\n  gpu.py: raises while it is imported: ModuleNotFoundError: No module named 'no_such_module'" in done.stdout
    )


def test_files_without_layers_are_refused_with_what_to_write(folder):
    make_files(folder, {"text.py": "x = 1\n", "train.py": "loss.backward()\n"})
    refused(init(), f"{folder}: no ops in the 2 Python files of this folder; write an Op(…), or a pair")
    assert sorted(list_files(folder)) == ["text.py", "train.py"]


def test_where_no_file_can_be_imported_the_reason_is_told(folder):
    make_files(folder, {"gpu.py": f"import no_such_module\n{RIGHT}"})
    refused(init(), "; gpu.py: raises while it is imported: ModuleNotFoundError")


def test_settings_that_cannot_be_read_are_refused_before_anything_is_written(folder):
    make_files(folder, {"layers.py": RIGHT, "pyproject.toml": "[tool"})
    refused(init(), "pyproject.toml cannot be read", "correct it first")
    assert sorted(list_files(folder)) == ["layers.py", "pyproject.toml"]


def test_a_folder_that_is_not_there_is_refused(folder):
    refused(init("gone"), "gone: no such folder; make it first")


def test_a_file_in_the_place_of_a_folder_is_an_error(folder):
    make_files(folder, {"layers.py": RIGHT, "tests": ""})
    refused(init(), "tests/test_gradients.py: cannot be written")


def test_names_from_the_project_are_escaped(folder):
    make_files(folder, {"a\x1b[2J.py": RIGHT})
    done = init()
    assert done.exit_code == 0
    assert "\\x1b[2J.py: relu" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_reason_for_no_file_for_ci_is_told(folder):
    make_files(folder, {"layers.py": RIGHT})
    told = "No file for CI: the folder is no repository, and shows no system for CI; --ci names one.\n"
    assert told in init().stdout
    assert "No file for CI" not in init("--ci", "none").stdout
    make_files(folder, {".git/config": "", "net/pyproject.toml": "", "net/layers.py": RIGHT})
    assert f"the root of the repository; gradcheck init {folder} writes one there.\n" in init("net").stdout


@pytest.mark.parametrize("key", CI_SYSTEMS)
def test_what_ci_installs_from_a_folder_is_doubted(folder, key, monkeypatch):
    make_files(folder, {"layers.py": RIGHT})
    monkeypatch.setattr("gradcheck.cli.init_run.is_from_folder", lambda: True)
    assert "  see that CI can install gradcheck==" in init("--ci", key).stdout
    assert "see that CI" not in init("--ci", key).stdout
