"""Reports: what a Run says, as headings, rows and blocks, and their renderings."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.checking.baseline import Comparison
    from gradcheck.records.results import Run

REPORT_FORMATS = ("text", "markdown", "json")


def render_run(
    run: "Run",
    form: str,
    comparison: "Comparison | None" = None,
    brief: bool = False,
    folder: "Path | None" = None,
) -> str:
    """A run in one of FORMATS.  brief: of a text, the answer and the claims alone.  folder: where its failing cases
    are kept, if not under the current one."""
    if form == "json":
        return run.to_json()
    from gradcheck.records import failing_cases  # noqa: PLC0415
    from gradcheck.report import content, markdown, text  # noqa: PLC0415

    report = content.build_report(run, comparison, folder or failing_cases.FAILING_CASES_FOLDER)
    if form == "markdown":
        return markdown.render(report)
    return text.render_brief(report) if brief else text.render(report)
