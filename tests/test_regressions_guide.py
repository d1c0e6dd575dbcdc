"""What docs/regressions.md says is what happens: its files are written and its commands run, in their order."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.checking.baseline import OpChange
from gradcheck.cli.commands import main

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "regressions.md").read_text(encoding="utf-8")
FILES = {"python": "layers.py", "toml": "pyproject.toml"}
LEFT_OUT = "…\n"
"""What stands for output that the guide does not show."""


def list_blocks():
    """The blocks of the guide with their languages."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def list_commands(block):
    """The commands of a block: each with the code that it exits with, and its output."""
    for part in block.split("$ gradcheck ")[1:]:
        command, _, output = part.partition("\n")
        words, _, exits = command.partition("  # exits ")
        yield shlex.split(words), int(exits or 0), output


def hide_figures(text):
    """The text without errors in three digits, which are not the same on every machine."""
    return re.sub(r"\d\.\d\de[+-]\d\d", "#", text)


def run(words):
    """The exit code and the output of a command."""
    done = CliRunner().invoke(main, words)
    return done.exit_code, done.stdout


@pytest.mark.slow
def test_the_commands_do_what_the_guide_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = 0
    for language, block in list_blocks():
        if language in FILES:
            Path(FILES[language]).write_text(block, encoding="utf-8")
        elif language == "text":
            assert hide_figures(block) in hide_figures(Path("gradients.toml").read_text(encoding="utf-8"))
        for words, code, output in list_commands(block):
            exits, printed = run(words)
            assert (words, exits) == (words, code)
            assert printed.startswith(output.removesuffix(LEFT_OUT)) if output.endswith(LEFT_OUT) else printed == output
            ran += 1
    assert ran >= 12
    assert Path("trends.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_the_words_of_the_table_are_all():
    table = GUIDE.partition("\n| word |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| (\w[\w ]*) \|", table, re.MULTILINE) == [str(change) for change in OpChange]


def test_the_options_named_exist():
    commands = [main.commands[name] for name in ("check", "history", "report")] + [
        *main.commands["baseline"].commands.values()
    ]
    options = {option for command in commands for parameter in command.params for option in parameter.opts}
    named = set(re.findall(r"--[a-z][a-z-]+", GUIDE)) - {"--gradcheck-save", "--gradcheck-history"}
    assert len(named) >= 12
    assert named <= options
