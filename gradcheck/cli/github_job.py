"""What a job of GitHub Actions is told besides the report: annotations on its output, and the summary of the job."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.records.results import Run
    from gradcheck.report.context import ReportContext


def is_github_job() -> bool:
    """Whether this process runs in a job of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def tell_github_job(run: "Run", context: "ReportContext") -> None:
    """Print the annotations of a run, and append its summary.  Raises UsageError where that cannot be written."""
    from gradcheck.cli.files import print_report
    from gradcheck.report import render_run

    print_report(render_run(run, "github", context))
    append_job_summary(run, context)


def append_job_summary(run: "Run", context: "ReportContext") -> None:
    """Append the summary of a run to the file that GITHUB_STEP_SUMMARY names, where it names one, within the size that
    GitHub takes.  Raises UsageError where it cannot be written."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    from gradcheck.report.ci.job_summary import MOST_SUMMARY_BYTES, render_job_summary
    from gradcheck.running.session import UsageError

    file = Path(name)
    try:
        written = file.stat().st_size if file.exists() else 0
        left = MOST_SUMMARY_BYTES - written
        with file.open("a", encoding="utf-8") as summary:
            summary.write(render_job_summary(run, context.comparison, context.folder, left))
    except OSError as error:
        raise UsageError(f"{file}: the summary of the job cannot be written: {error.strerror}") from error
