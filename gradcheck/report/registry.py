"""The formats of a report: those of this package, one line each, and those that installed packages add.

A package adds one by an entry point of the group `gradcheck.renderers`, named as the format, that refers to a
`gradcheck.report.renderer.Renderer`; see `gradcheck.extensions`.  Nothing is loaded before it is needed: the names are
known without the modules.
"""

from pathlib import Path
from pkgutil import resolve_name

from gradcheck.extensions import ExtensionPoint
from gradcheck.report.renderer import Renderer
from gradcheck.spelling import suggest_name

BUILT_IN_RENDERERS = {
    "text": "gradcheck.report.text:TEXT",
    "markdown": "gradcheck.report.markdown:MARKDOWN",
    "json": "gradcheck.report.json_format:JSON",
    "jsonl": "gradcheck.report.json_lines:JSON_LINES",
    "junit": "gradcheck.report.ci.junit:JUNIT_XML",
    "sarif": "gradcheck.report.ci.sarif:SARIF",
    "github": "gradcheck.report.ci.github:GITHUB",
    "gitlab": "gradcheck.report.ci.gitlab:GITLAB",
    "openmetrics": "gradcheck.report.ci.openmetrics:OPENMETRICS",
    "html": "gradcheck.report.html.renderer:HTML",
    "badge": "gradcheck.report.badge:BADGE_RENDERER",
}
"""The formats of this package: the name, and where its renderer is."""
ADDED_RENDERERS: ExtensionPoint[Renderer] = ExtensionPoint(
    "gradcheck.renderers", "format", Renderer, BUILT_IN_RENDERERS.keys(), results={"render": (str,)}
)
"""The formats that other packages add."""


class RendererError(ValueError):
    """A format, or a suffix of a file, that does not exist."""


def list_formats() -> tuple[str, ...]:
    """List the names of all formats, those of this package first, without loading any."""
    return (*BUILT_IN_RENDERERS, *ADDED_RENDERERS.list_names())


def load_renderer(form: str) -> Renderer:
    """Load the renderer of a format by its name.

    Raises RendererError for a name that does not exist, ExtensionError for a renderer that cannot be used.
    """
    if added := ADDED_RENDERERS.find(form):
        return added
    if form not in BUILT_IN_RENDERERS:
        formats = list_formats()
        raise RendererError(
            f"there is no format {form!r}; {suggest_name(form, formats)}There are: {', '.join(formats)}"
        )
    renderer: Renderer = resolve_name(BUILT_IN_RENDERERS[form])
    return renderer


def find_renderer_of_file(file: Path) -> Renderer:
    """Load the renderer that the suffix of a file chooses: the longest that its name ends with, of this package, then
    of others by name.  Raises RendererError, which lists the suffixes, where none has it, ExtensionError where one that
    is asked cannot be used."""
    own = [load_renderer(form) for form in BUILT_IN_RENDERERS]
    if fitting := [renderer for renderer in own if file.name.endswith(renderer.suffix)]:
        return max(fitting, key=lambda renderer: len(renderer.suffix))
    added = [load_renderer(form) for form in ADDED_RENDERERS.list_names()]
    if fitting := [renderer for renderer in added if file.name.endswith(renderer.suffix)]:
        return max(fitting, key=lambda renderer: len(renderer.suffix))
    suffixes = ", ".join(f"{renderer.suffix} ({renderer.name})" for renderer in (*own, *added))
    raise RendererError(f"{file}: a report is one of {suffixes}; name such a file, or its format")
