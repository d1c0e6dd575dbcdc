"""The option --format of a report."""

import click
import pytest
from click.shell_completion import CompletionItem
from click.testing import CliRunner

from gradcheck.cli.formats import FormatName
from gradcheck.report.registry import RendererError, list_formats


@click.command()
@click.option("--format", "form", type=FormatName())
def show(form):
    """Print the format."""
    click.echo(form)


def test_a_format_is_named_by_its_name():
    assert CliRunner().invoke(show, ["--format", "markdown"]).output == "markdown\n"


def test_one_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(RendererError, match="there is no format 'markdwon'; did you mean 'markdown'"):
        FormatName().convert("markdwon", None, None)


def test_help_and_completion_list_the_formats():
    assert f"[{'|'.join(list_formats())}]" in CliRunner().invoke(show, ["--help"]).output
    context = click.Context(show)
    found = FormatName().shell_complete(context, show.params[0], "ma")
    assert [item.value for item in found] == ["markdown"]
    assert all(isinstance(item, CompletionItem) for item in found)
