"""Reports: a Run as headings, rows and blocks, and the formats that render it."""

from typing import TYPE_CHECKING

from gradcheck.report import registry

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.checking.baseline import Comparison
    from gradcheck.records.results import Run
    from gradcheck.report.screen import Screen


def render_run(
    run: "Run",
    form: str,
    comparison: "Comparison | None" = None,
    brief: bool = False,
    folder: "Path | None" = None,
    screen: "Screen | None" = None,
    verbose: bool = False,
) -> str:
    """Render a run in a format, by its name.

    comparison: with a baseline.  brief: of a text, the answer and the claims alone.  folder: where the failing cases
    are saved, if not under the current folder.  screen: where a text is shown, if it is.  verbose: of a text, also what
    was looked at in each op.
    Raises RendererError where there is no such format, ExtensionError where it cannot be used.
    """
    from gradcheck.records.failing_cases import FAILING_CASES_FOLDER

    renderer = registry.load_renderer(form)
    if form == "text":
        from gradcheck.report.screen import PAPER
        from gradcheck.report.text import TextRenderer

        renderer = TextRenderer(screen or PAPER, verbose)
    return renderer.render(run, comparison, brief, folder or FAILING_CASES_FOLDER)
