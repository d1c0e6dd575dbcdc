"""What the README says of files, commands and figures is so; tests/test_pages.py runs its examples."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.discovery.library import load_library_ops

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GRADCHECK = [sys.executable, "-c", "from gradcheck.cli import main; main()"]


def fenced(language):
    """The blocks of one language, without their fences."""
    blocks = re.findall(r"^```(.*)\n((?:(?!```).*\n)*)```$", README, re.MULTILINE)
    return [block for tongue, block in blocks if tongue == language]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of its own with the examples in it, and nothing above it that sets anything."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args):
    """The command as a user calls it."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}  # which xdist sets
    return subprocess.run([*GRADCHECK, *args], capture_output=True, text=True, check=False, env=environment)


def test_the_layer_shown_is_the_example():
    shown = fenced("python")[0]
    assert shown.strip() in (ROOT / "examples" / "wrong_affine.py").read_text(encoding="utf-8")


def test_each_setup_is_one_command():
    check, test = fenced("")
    for block, what, last in ((check, ".", "gradcheck check"), (test, "'.[test]'", "python -m pytest -n auto")):
        assert block.strip() == f"python3 -m venv .venv && .venv/bin/pip install {what} && .venv/bin/{last}"


def test_the_commands_and_options_named_exist():
    from gradcheck.cli.commands import main

    lines = re.findall(r"`gradcheck ([^`]+)`", README)
    assert len(lines) >= 4
    for words in (line.split() for line in lines):
        options = {option for parameter in main.commands[words[0]].params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options


def test_the_files_linked_exist():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def read_figures(text, heading):
    """The cells of the first table below a heading, by the name in their row."""
    table = text.partition(heading)[2].partition("\n|")[2].partition("\n\n")[0]
    rows = ([cell.strip() for cell in row.strip("|").split("|")] for row in table.split("\n")[2:])
    return {row[0]: row[1:] for row in rows}


def read_report(name):
    return (ROOT / "reports" / name).read_text(encoding="utf-8")


def test_the_figures_are_those_of_the_reports():
    shown = read_figures(README, "## How good it is")
    power = read_report("power.md")
    own, generated = read_figures(power, "# Power"), read_figures(power, "## On generated inputs")
    times = read_figures(read_report("speed.md"), "## Time per check, in ms")
    in_speed = {"**gradcheck**": "**ours**", "CS231n's recipe": "CS231n's loop"}
    assert set(shown) == set(own) == set(generated)
    for tool, cells in shown.items():
        counts = [own[tool][0], own[tool][7], generated[tool][4], generated[tool][7]]
        cold, _, warm = times.get(in_speed.get(tool, tool), ["–"] * 6)[:3]
        assert cells == [*(figure.partition(" of ")[0] for figure in counts), cold, warm]


def test_the_sizes_of_the_reports_are_said():
    assert "300 faults" in README
    assert "122 correct ops" in README
    assert {row[0].partition(" of ")[2] for row in read_figures(read_report("power.md"), "# Power").values()} == {"300"}
    assert read_report("false_alarms.txt").startswith("100,000 cases of 122 correct ops")
    assert f"library that comes with it, {len(load_library_ops())} ops" in README


@pytest.mark.slow
def test_the_right_layer_exits_0(folder):
    done = run("check", "examples/affine.py")
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, "1 op checked on 100 cases: it holds.")


@pytest.mark.slow
def test_the_wrong_layer_exits_1_and_its_replay_1_until_it_is_mended(folder):
    done = run("check", "examples/wrong_affine.py")
    assert done.returncode == 1
    (line,) = re.findall(r"^ *replay: gradcheck (.*)$", done.stdout, re.MULTILINE)
    again = run(*line.split())
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert again.stderr.endswith("examples/wrong_affine.py is imported\n")
    layer = Path("examples/wrong_affine.py")
    layer.write_text(layer.read_text().replace("np.mean(dy", "np.sum(dy"))
    mended = run(*line.split())
    assert (mended.returncode, mended.stdout.split(" on the case")[0]) == (0, "wrong_affine: holds now")
