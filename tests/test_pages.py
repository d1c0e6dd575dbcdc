"""What a page of the documentation shows is what happens: its files, programs and commands, one after the other.

A block whose first line is `# NAME.py` or `# NAME.toml` is a file, other Python is a program, and a `console` block
holds commands behind `$`, each with what it prints.  `...` stands for anything.
"""

import doctest
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
from sybil.document import Document
from sybil.parsers.markdown import CodeBlockParser

import gradcheck

ROOT = Path(__file__).parents[1]
FOLDERS = ("conventions", "explanation", "how-to", "reference")
PAGES = [
    ROOT / "README.md",
    ROOT / "docs" / "tutorial.md",
    *sorted(page for folder in FOLDERS for page in (ROOT / "docs" / folder).glob("*.md")),
]
EXTRAS = ("torch", "thinc", "array_api_strict")
FILE = re.compile(r"# ([\w./-]+\.(?:py|toml))\n")


def run_python(example):
    """Write a file, or run a program."""
    if not write_file(example.parsed):
        path = Path(example.path).name
        exec(compile("\n" * (example.line) + example.parsed, path, "exec"), {"__name__": "page"})


def read_toml(example):
    """Write a file, or see that it is TOML."""
    if not write_file(example.parsed):
        tomllib.loads(example.parsed)


def write_file(text):
    """Write the file that a block is, if it is one."""
    if name := FILE.match(text):
        Path(name[1]).parent.mkdir(parents=True, exist_ok=True)
        Path(name[1]).write_text(text, encoding="utf-8")
    return bool(name)


def run_commands(example):
    """Run each command, and compare what it prints."""
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", example.parsed + "\n", re.MULTILINE):
        printed = run(command)
        assert matches(shown, printed), f"{command} prints\n{printed}"


def run(command):
    """The output of a command, without space at the ends of lines."""
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "GITHUB_ACTIONS", "CI")}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=environment)
    return without_trailing_space(done.stdout or done.stderr)


def without_trailing_space(text):
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").split("\n"))


def matches(shown, printed):
    """Whether a command prints what is shown of it, where something is."""
    wanted = without_trailing_space(shown)
    return not shown.strip() or doctest.OutputChecker().check_output(wanted, printed, doctest.ELLIPSIS)


PARSERS = [
    CodeBlockParser("python", run_python),
    CodeBlockParser("toml", read_toml),
    CodeBlockParser("console", run_commands),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of its own with the examples in it, and nothing above it that sets anything."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    known = {*sys.modules}
    yield tmp_path
    for name in {*sys.modules} - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def busy_machine():
    """Hypothesis does not fail where it is slow."""
    own = hypothesis_settings.get_current_profile_name()
    hypothesis_settings.register_profile("on a busy machine", suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.load_profile("on a busy machine")
    yield
    hypothesis_settings.load_profile(own)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_happens(page, folder, busy_machine):
    for extra in EXTRAS:
        if re.search(rf"^(?:import|from) {extra}\b", page.read_text(encoding="utf-8"), re.MULTILINE):
            pytest.importorskip(extra)
    for example in Document.parse(str(page), *PARSERS).examples():
        example.evaluate()


def test_blocks_are_in_languages_that_are_run():
    told = {
        language for page in PAGES for language in re.findall(r"^```([a-z]+)$", page.read_text("utf-8"), re.MULTILINE)
    }
    assert told <= {"python", "toml", "console", "sh", "yaml", "text"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_files_linked_exist(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    generated = ROOT / "docs" / "generated"
    paths = [(page.parent / link).resolve() for link in links]
    assert [path for path in paths if not path.is_relative_to(generated) and not path.exists()] == []


def test_the_page_of_python_has_every_public_name():
    text = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\.\. auto\w+:: (\w+)$", text, re.MULTILINE)) == gradcheck.__all__


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [("a ... c\n", "a b c\n", True), ("a\n", "b\n", False), ("", "anything\n", True), ("a  \n", "a\n", True)],
)
def test_what_is_shown_is_compared(shown, printed, same):
    assert matches(shown, printed) == same
