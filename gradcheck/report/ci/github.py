"""Annotations on a pull request, as workflow commands that the runner of GitHub Actions reads from a job's output."""

from collections.abc import Iterator, Sequence

from gradcheck.records.results import Run
from gradcheck.report.ci.annotations import Annotation, Level, list_annotations
from gradcheck.report.ci.workflow_commands import format_command
from gradcheck.report.context import ReportContext
from gradcheck.report.renderer import Renderer

MOST_OF_A_LEVEL = 10
"""Annotations of one level that GitHub shows of a step."""


def format_annotations(annotations: Sequence[Annotation]) -> Iterator[str]:
    """Format annotations as commands; where there are more than GitHub shows, the last says how many."""
    for level in Level:
        listed = [one for one in annotations if one.level is level]
        shown = listed if len(listed) <= MOST_OF_A_LEVEL else listed[: MOST_OF_A_LEVEL - 1]
        yield from map(format_annotation, shown)
        if more := len(listed) - len(shown):
            yield format_command(level, {"title": "gradcheck"}, f"and {more} more, which the report lists")


def format_annotation(annotation: Annotation) -> str:
    """Format one annotation as a command."""
    place = annotation.place
    where: dict[str, str | int] = {"file": place.file, "line": place.line} if place else {}
    return format_command(annotation.level, {**where, "title": f"gradcheck {annotation.rule}"}, annotation.message)


class GitHubRenderer:
    """The format `github`: a command for each annotation, at most MOST_OF_A_LEVEL of a level."""

    name = "github"
    suffix = ".github.txt"
    shows_comparison = True

    def render(self, run: Run, context: ReportContext) -> str:
        """Write the commands; none where there is nothing to say."""
        annotations = list_annotations(run, context.comparison, context.folder)
        return "".join(f"{line}\n" for line in format_annotations(annotations))


GITHUB: Renderer = GitHubRenderer()
