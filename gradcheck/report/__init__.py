"""Reports: what a Run says, as headings, rows and blocks, and their renderings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.baseline import Comparison
    from gradcheck.verdict import Run

FORMATS = ("text", "markdown", "json")


def rendered(
    run: "Run",
    form: str,
    targets: Mapping[str, str] | None = None,
    comparison: "Comparison | None" = None,
    brief: bool = False,
) -> str:
    """A run in one of FORMATS.

    targets: where each op was found, "" for the library; None to take them from the run, as far as it tells.
    brief: of a text, the answer and the claims alone.
    """
    if form == "json":
        return run.to_json()
    from gradcheck.report import content, markdown, text  # noqa: PLC0415

    report = content.report(run, targets_of(run) if targets is None else targets, comparison)
    if form == "markdown":
        return markdown.render(report)
    return text.brief(report) if brief else text.render(report)


def targets_of(run: "Run") -> dict[str, str]:
    """Where each op was found, as far as the run tells: it lists its targets, not which op came from which."""
    if len(run.targets) > 1:
        return {}
    return {result.op: "".join(run.targets) for result in run.results}
