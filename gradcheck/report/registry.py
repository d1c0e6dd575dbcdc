"""The formats of a report: those of this package, one line each, and those that installed packages add.

A package adds one by an entry point of the group `gradcheck.renderers`, named as the format; the object it refers to is
a `gradcheck.report.renderer.Renderer`:

    [project.entry-points."gradcheck.renderers"]
    html = "gradcheck_html:HTML"

Nothing is loaded before it is needed: the names are known without the modules.
"""

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from gradcheck.report.renderer import Renderer
from gradcheck.spelling import suggest_name

BUILT_IN_RENDERERS = {
    "text": "gradcheck.report.text:TEXT",
    "markdown": "gradcheck.report.markdown:MARKDOWN",
    "json": "gradcheck.report.json_format:JSON",
}
"""The formats of this package: the name, and where its renderer is."""
ENTRY_POINT_GROUP = "gradcheck.renderers"
RENDERER_PARTS = ("name", "suffix", "shows_comparison", "render")


class RendererError(ValueError):
    """A format that does not exist or cannot be used; the message names the distribution that adds it."""


def list_formats() -> tuple[str, ...]:
    """List the names of all formats, those of this package first, without loading any."""
    added = {point.name for point in find_entry_points()} - BUILT_IN_RENDERERS.keys()
    return (*BUILT_IN_RENDERERS, *sorted(added))


def find_entry_points() -> list[EntryPoint]:
    """Find the renderers that installed packages declare."""
    return list(entry_points(group=ENTRY_POINT_GROUP))


def load_renderer(form: str) -> Renderer:
    """Load the renderer of a format by its name; one of this package goes before one that another adds.

    Raises RendererError for a name that does not exist, that two packages share, or whose renderer cannot be used.
    """
    if form in BUILT_IN_RENDERERS:
        renderer: Renderer = resolve_name(BUILT_IN_RENDERERS[form])
        return renderer
    points = [point for point in find_entry_points() if point.name == form]
    if not points:
        formats = list_formats()
        raise RendererError(
            f"there is no format {form!r}; {suggest_name(form, formats)}There are: {', '.join(formats)}"
        )
    if len(points) > 1:
        names = " and ".join(sorted(map(name_distribution, points)))
        raise RendererError(f"the format {form!r} is added by {names}; uninstall all of them but one")
    return load_added_renderer(points[0])


def load_added_renderer(point: EntryPoint) -> Renderer:
    """Load the renderer that an entry point refers to.  Raises RendererError naming the distribution."""
    where = f"the format {point.name!r} of {name_distribution(point)} cannot be used: {point.value}"
    try:
        renderer: Renderer = point.load()
    except Exception as error:
        raise RendererError(f"{where} raises {type(error).__name__}: {error}") from error
    if problem := describe_renderer_problem(renderer, point.name):
        raise RendererError(f"{where} {problem}")
    return renderer


def name_distribution(point: EntryPoint) -> str:
    """Name the package that declares an entry point, with its version."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown distribution"


def describe_renderer_problem(renderer: Any, form: str) -> str:
    """Say why an object is no renderer of this format; "" where it is one."""
    if isinstance(renderer, type):
        return f"is a class; write {renderer.__name__}()"
    if missing := [part for part in RENDERER_PARTS if not hasattr(renderer, part)]:
        return f"has no {', '.join(missing)}, which gradcheck.report.renderer.Renderer asks for"
    if renderer.name != form:
        return f"is named {renderer.name!r}; give it and its entry point one name"
    return ""


def find_renderer_of_file(file: Path) -> Renderer:
    """Load the renderer that the suffix of a file chooses, the first where several share it: those of this package,
    then others by name.  Raises RendererError, which lists the suffixes where none has it."""
    seen: list[str] = []
    for form in list_formats():
        renderer = load_renderer(form)
        if renderer.suffix == file.suffix:
            return renderer
        seen.append(f"{renderer.suffix} ({form})")
    raise RendererError(f"{file}: a report is one of {', '.join(seen)}; name such a file")
