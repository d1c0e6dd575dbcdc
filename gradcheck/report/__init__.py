"""Reports: what a Run says, as headings, rows and blocks, and their renderings."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.baseline import Comparison
    from gradcheck.verdict import Run

FORMATS = ("text", "markdown", "json")


def rendered(
    run: "Run",
    form: str,
    comparison: "Comparison | None" = None,
    brief: bool = False,
) -> str:
    """A run in one of FORMATS; brief: of a text, the answer and the claims alone."""
    if form == "json":
        return run.to_json()
    from gradcheck.report import content, markdown, text  # noqa: PLC0415

    report = content.report(run, comparison)
    if form == "markdown":
        return markdown.render(report)
    return text.brief(report) if brief else text.render(report)
