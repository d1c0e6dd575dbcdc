"""What the README shows is what happens."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from gradcheck.cli.errors import EXIT_CODES
from gradcheck.pytest_plugin import check_options
from gradcheck.running import settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GRADCHECK = [sys.executable, "-c", "from gradcheck.cli import main; main()"]


def fenced(language):
    """The blocks of one language, without their fences."""
    blocks = re.findall(r"^```(.*)\n((?:(?!```).*\n)*)```$", README, re.MULTILINE)
    return [block for tongue, block in blocks if tongue == language]


FILES = {block.split("\n")[0].removeprefix("# "): block for block in fenced("python") if block.startswith("# ")}
PROGRAMS = [block for block in fenced("python") if "import" in block and block not in FILES.values()]


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


def without_trailing_space(text):
    return [line.rstrip() for line in text.strip().split("\n")]


def test_there_are_programs_to_run():
    assert len(PROGRAMS) == 6


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.strip().split("\n")[-1][:40])
def test_a_program_runs(program):
    own = hypothesis_settings.get_current_profile_name()
    hypothesis_settings.register_profile("on a busy machine", suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.load_profile("on a busy machine")
    try:
        exec(compile(program, "README.md", "exec"), {"__name__": "readme"})
    finally:
        hypothesis_settings.load_profile(own)


def test_the_layer_shown_is_the_example():
    (shown,) = (block for block in fenced("python") if "import" not in block)
    assert shown.strip() in (ROOT / "examples" / "wrong_affine.py").read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_the_command_prints_is_what_is_shown(folder):
    (shown, _) = fenced("console")
    prompt, _, printed = shown.partition("\n")
    command = prompt.removeprefix("$ gradcheck ").split()
    assert command == ["check", "examples/wrong_affine.py"]
    assert without_trailing_space(run(*command).stdout) == without_trailing_space(printed)


@pytest.mark.slow
def test_what_pytest_prints_in_another_project_is_what_is_shown(folder):
    (_, shown) = fenced("console")
    prompt, _, printed = shown.partition("\n")
    assert set(FILES) == {"mynet.py", "test_mynet.py"}
    for name, content in FILES.items():
        Path(name).write_text(content.partition("\n")[2])
    command = prompt.removeprefix("$ ").split()
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert printed.strip() in done.stdout


def test_the_table_of_settings_is_whole():
    table = README.partition("| key | option of pytest |")[2].partition("\n\n")[0]
    rows = [row.split("|")[1:] for row in table.split("\n")[2:]]
    said = [{name for row in rows for name in re.findall(r"`([^`]+)`", row[column])} for column in range(3)]
    assert set(settings.SETTING_KEYS) <= said[0]
    help_text = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert said[1] == set(re.findall(r"--gradcheck-[a-z-]+", help_text))
    assert said[2] == {f"{name}=" for name in check_options.OPTION_NAMES}


def test_the_exit_codes_are_those_of_the_help():
    shown = re.findall(r"^\| (\d+) \| (.+) \|$", README.partition("| exit |")[2].partition("\n\n")[0], re.MULTILINE)
    assert {int(code): meaning for code, meaning in shown} == EXIT_CODES
    said = " ".join(run("--help").stdout.split())
    assert [code for code, meaning in EXIT_CODES.items() if f"{code} {meaning}" not in said] == []


def test_the_settings_shown_are_accepted(folder):
    (shown,) = fenced("toml")
    Path("pyproject.toml").write_text(shown)
    assert settings.read_defaults(folder) == {"targets": ["mynet/layers.py"], "examples": 200}
    assert set(tomllib.loads(shown)["tool"]["gradcheck"]) <= set(settings.SETTING_KEYS)


def test_each_setup_is_one_command():
    check, test = fenced("")
    for block, what, last in ((check, ".", "gradcheck check"), (test, "'.[test]'", "python -m pytest -n auto")):
        assert block.strip() == f"python3 -m venv .venv && .venv/bin/pip install {what} && .venv/bin/{last}"


def test_the_commands_and_options_named_exist():
    from gradcheck.cli.commands import main

    lines = re.findall(r"`gradcheck ([^`]+)`", README)
    assert len(lines) >= 5
    for words in (line.split() for line in lines):
        options = {option for parameter in main.commands[words[0]].params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options


def test_the_files_linked_exist():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


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
