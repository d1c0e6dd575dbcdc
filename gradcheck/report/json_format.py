"""Reports for programs: the run itself."""

from typing import TYPE_CHECKING

from gradcheck.report.context import ReportContext
from gradcheck.report.renderer import Renderer

if TYPE_CHECKING:
    from gradcheck.records.results import Run


class JSONRenderer:
    """The format `json`: everything that a run holds; Run.from_json reads it again."""

    name = "json"
    suffix = ".json"
    shows_comparison = False

    def render(self, run: "Run", context: ReportContext) -> str:
        """Encode the run; a comparison has no place in it."""
        return run.to_json()


JSON: Renderer = JSONRenderer()
