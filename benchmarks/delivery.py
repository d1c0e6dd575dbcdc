"""Where the text of a report goes."""

from pathlib import Path

import click


def delivered(text: str, output: Path | None) -> None:
    """Write it to a file, or print it where none is given."""
    if output:
        output.write_text(text + "\n", encoding="utf-8")
    else:
        click.echo(text)
