"""Where the report of a run goes: stdout, or files, each in the format that is given or that its suffix chooses."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cli.files import emit_report, require_writable
from gradcheck.cli.github_job import append_job_summary, is_github_job
from gradcheck.report import registry, render_run

if TYPE_CHECKING:
    from gradcheck.records.results import Run
    from gradcheck.report.context import ReportContext

DEFAULT_FORMAT = "text"


@dataclass(frozen=True)
class ReportOutput:
    """One copy of a report.  file: None for stdout."""

    form: str
    file: Path | None = None


def choose_outputs(form: str | None, files: Sequence[Path]) -> tuple[ReportOutput, ...]:
    """Choose the copies of a report.

    form: the format that is given, None where none is: it is that of the one file, or of stdout where there are none or
    several; these are in the formats of their suffixes.  A name without a suffix is a text.
    Raises UsageError for a file that cannot be written, RendererError for a suffix of no format, ExtensionError.
    """
    different = list(dict.fromkeys(files))
    for file in different:
        require_writable(file)
    if form and len(different) == 1:
        return (ReportOutput(form, different[0]),)
    stdout = (ReportOutput(form or DEFAULT_FORMAT),) if form or not different else ()
    return (*stdout, *(ReportOutput(choose_format(file), file) for file in different))


def choose_format(file: Path) -> str:
    """Choose the format of a file by its suffix.  Raises RendererError and ExtensionError."""
    return registry.find_renderer_of_file(file).name if file.suffix else DEFAULT_FORMAT


def write_output(output: ReportOutput, run: "Run", context: "ReportContext", verbose: bool = False) -> None:
    """Write one copy of the report of a run; with annotations for GitHub goes the summary of the job.

    verbose: whether a text also says what was looked at in each op.  Raises UsageError where something cannot be
    written.
    """
    from gradcheck.report.screen import find_screen

    screen = None if output.file else find_screen(sys.stdout)
    text = render_run(run, output.form, context, screen=screen, verbose=verbose)
    if output.form == DEFAULT_FORMAT and output.file is None and is_github_job():
        from gradcheck.report.ci.workflow_commands import disarm_commands

        text = disarm_commands(text)
    emit_report(text, output.file)
    if output.form == "github":
        append_job_summary(run, context)
