"""The option --format of a report."""

from typing import Any

import click
from click.shell_completion import CompletionItem

from gradcheck.report import registry


class FormatName(click.ParamType):  # type: ignore[type-arg] # generic since click 8.5 alone
    """The name of a format of the registry.  They are read when they are needed: installed packages add some."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """List the names, as the help shows them."""
        return f"[{'|'.join(registry.list_formats())}]"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Complete a name."""
        return click.Choice(registry.list_formats()).shell_complete(ctx, param, incomplete)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a format that can be used.  Raises RendererError or ExtensionError, before anything is
        checked."""
        return registry.load_renderer(value).name
