"""Errors of the command line: each becomes one line on stderr and an exit code."""

import sys
import traceback
from collections.abc import Callable
from typing import Any

import click

from gradcheck.escaping import cut_text, escape_lines

DEBUG_META_KEY = "gradcheck.debug"
EXIT_INTERRUPTED = 130
EXIT_CODES = {
    0: "all hold, maybe with warnings",
    1: "something does not, or is worse than in the baseline; with --strict also warnings",
    2: "bad usage or declaration, runs that cannot be compared, or a file that cannot be written",
    3: "something could not be examined: no case of an op, or too few, or the time limit stopped it; "
    "with --strict also anything left open or not checked",
    EXIT_INTERRUPTED: "interrupted, by Ctrl-C or SIGTERM; what was found is reported",
}
"""What each exit code means, in the words of the help and of the README."""
MAX_ERROR_LENGTH = 5000
"""Characters of an error that are printed; it may quote user code."""


class CommandGroup(click.Group):
    """A group of commands that return their exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command.  Raises ClickException for any exception, and prints its traceback under --debug."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if ctx.meta.get(DEBUG_META_KEY):
                traceback.print_exc()
            raise click.ClickException(describe_error(error)) from error

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line and exit with its code."""
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.ClickException as error:
            click.echo(f"gradcheck: {escape_lines(cut_text(error.format_message(), MAX_ERROR_LENGTH))}", err=True)
            code = 2
        except click.Abort:
            click.echo("gradcheck: interrupted", err=True)
            code = EXIT_INTERRUPTED
        sys.exit(code or 0)


def describe_error(error: Exception) -> str:
    """Describe an exception for the user: by its own message where that is written for users."""
    if isinstance(error, list_expected_errors()):
        return str(error)
    return f"internal error: {type(error).__name__}: {error}; run again with --debug, and report what it shows"


def list_expected_errors() -> tuple[type[Exception], ...]:
    """List the exceptions whose messages are written for users."""
    from gradcheck.audit.assignment import AssignmentError
    from gradcheck.checking.baseline import NotComparable
    from gradcheck.declaration.shape import DeclarationError
    from gradcheck.discovery.target_errors import TargetError
    from gradcheck.extensions import ExtensionError
    from gradcheck.records.baseline_file import BaselineError
    from gradcheck.records.failing_cases import FailingCaseError
    from gradcheck.records.history import HistoryError
    from gradcheck.records.results import RunError
    from gradcheck.report.audit.gradebooks.registry import GradebookError
    from gradcheck.report.op_page import NoPictureError
    from gradcheck.report.registry import RendererError
    from gradcheck.running.session import UsageError
    from gradcheck.running.settings import SettingsError
    from gradcheck.sandbox.opening import IsolationMissing

    return (
        AssignmentError,
        BaselineError,
        DeclarationError,
        ExtensionError,
        FailingCaseError,
        GradebookError,
        HistoryError,
        IsolationMissing,
        NoPictureError,
        NotComparable,
        RendererError,
        RunError,
        SettingsError,
        TargetError,
        UsageError,
    )


def add_debug_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option --debug, for commands that run other people's code or read their files."""

    def remember(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        ctx.meta[DEBUG_META_KEY] = value

    return click.option(
        "--debug",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=remember,
        help="Show the traceback of an error.",
    )(command)
