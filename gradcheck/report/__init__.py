"""Reports: a Run as headings, rows and blocks, and the formats that render it."""

from typing import TYPE_CHECKING

from gradcheck.report import registry

if TYPE_CHECKING:
    from gradcheck.records.results import Run
    from gradcheck.report.context import ReportContext
    from gradcheck.report.screen import Screen


def render_run(
    run: "Run",
    form: str,
    context: "ReportContext | None" = None,
    screen: "Screen | None" = None,
    verbose: bool = False,
) -> str:
    """Render a run in a format, by its name.

    context: what it is reported with, if anything is.  screen: where a text is shown, if it is.  verbose: of a text,
    also what was looked at in each op.
    Raises RendererError where there is no such format, ExtensionError where it cannot be used.
    """
    from gradcheck.report.context import ReportContext

    renderer = registry.load_renderer(form)
    if form == "text":
        from gradcheck.report.screen import PAPER
        from gradcheck.report.text import TextRenderer

        renderer = TextRenderer(screen or PAPER, verbose)
    return renderer.render(run, context or ReportContext())
