"""gradcheck explain: the page of a cause, the list of causes, and names that do not exist."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.causes.catalogue import load_catalogue
from gradcheck.cli.commands import main
from gradcheck.cli.explain_run import render_explanation, select_pages
from gradcheck.report.cause_page import CAUSES_COMMAND, render_cause_markdown, render_cause_text, render_causes_page
from gradcheck.report.screen import PAPER
from gradcheck.running.session import UsageError

PAGE = Path(__file__).parents[2] / "docs" / "causes.md"
CATALOGUE = load_catalogue()


@pytest.fixture(autouse=True)
def _paper(monkeypatch):
    """No width is set."""
    monkeypatch.delenv("COLUMNS", raising=False)


def call(*args):
    """The command line in this process."""
    return CliRunner().invoke(main, ["explain", *map(str, args)])


@pytest.mark.parametrize("name", ["sum-missing", "SUM-MISSING", "zero"])
def test_a_name_shows_its_page(name):
    done = call(name)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == render_cause_text(CATALOGUE[name.lower()])


def test_without_a_name_all_causes_are_listed_with_how_to_see_one():
    done = call()
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.split("\n")[2 : 2 + len(CATALOGUE)]] == list(CATALOGUE)
    assert done.stdout.endswith("\n\ngradcheck explain NAME shows the page of one.\n")


def test_a_text_lists_the_causes_that_have_it():
    done = call("regularisation")
    names = [line.split()[0] for line in done.stdout.split("\n")[2:-3]]
    assert names == [name for name in CATALOGUE if "regularisation" in name]
    assert len(names) > 1


def test_a_text_that_one_cause_has_shows_its_page():
    assert call("overwritten where").stdout == render_cause_text(CATALOGUE["overwritten"])


def test_markdown_is_a_page_a_table_or_all_pages():
    assert render_explanation("sign", "markdown", PAPER) == render_cause_markdown(CATALOGUE["sign"])
    assert render_explanation(None, "markdown", PAPER) == render_causes_page(CATALOGUE.values())
    table = render_explanation("regularisation", "markdown", PAPER)
    assert table.startswith("| name ")
    assert table.endswith("\n\n`gradcheck explain NAME` shows the page of one.\n")


def test_a_name_that_does_not_exist_is_an_error_of_usage_with_the_nearest():
    done = call("overwriten")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "gradcheck: there is no cause 'overwriten', and none has it in its text; did you mean 'overwritten'? "
        "`gradcheck explain` lists them all\n"
    )
    with pytest.raises(UsageError, match="there is no cause 'qqq', and none has it in its text; `gradcheck explain`"):
        select_pages("qqq")


def test_a_format_that_does_not_exist_is_refused():
    assert call("sign", "--format", "json").exit_code == 2


def test_a_page_is_written_to_a_file(tmp_path):
    done = call("sign", "-o", tmp_path / "sign.txt")
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tmp_path / "sign.txt").read_text(encoding="utf-8") == render_cause_text(CATALOGUE["sign"])
    assert call("sign", "-o", tmp_path / "none" / "sign.txt").exit_code == 2


def test_the_list_fits_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, call().stdout.splitlines())) <= 50


def test_the_page_of_the_documentation_is_that_of_the_catalogue():
    page = render_causes_page(CATALOGUE.values())
    assert PAGE.read_text(encoding="utf-8") == page, f"docs/causes.md is stale; renew it: {CAUSES_COMMAND}"


def test_the_command_of_the_page_writes_it(tmp_path):
    *words, file = CAUSES_COMMAND.split()
    assert (words[:2], file) == (["gradcheck", "explain"], "docs/causes.md")
    assert call(*words[2:], tmp_path / "causes.md").exit_code == 0
    assert (tmp_path / "causes.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
