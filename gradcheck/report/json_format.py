"""Reports for programs: the run itself."""

from typing import TYPE_CHECKING

from gradcheck.report.renderer import Renderer

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.checking.baseline import Comparison
    from gradcheck.records.results import Run


class JSONRenderer:
    """The format `json`: everything that a run holds; Run.from_json reads it again."""

    name = "json"
    suffix = ".json"
    shows_comparison = False

    def render(self, run: "Run", comparison: "Comparison | None", brief: bool, folder: "Path") -> str:
        """Encode the run; a comparison has no place in it."""
        return run.to_json()


JSON: Renderer = JSONRenderer()
