"""The Protocol of a renderer, which makes one format of a report."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gradcheck.records.results import Run
    from gradcheck.report.context import ReportContext


class Renderer(Protocol):
    """One format of a report.

    name: by which `--format` chooses it.  suffix: that of its files, as in ".html", by which `--gradcheck-report`
    chooses it.  shows_comparison: whether its text holds the comparison with a baseline; where it does not, the
    command line prints the regressions on stderr.
    """

    @property
    def name(self) -> str:
        """The name of the format."""

    @property
    def suffix(self) -> str:
        """The suffix of its files, with the dot."""

    @property
    def shows_comparison(self) -> bool:
        """Whether the text holds the comparison."""

    def render(self, run: "Run", context: "ReportContext") -> str:
        """Write a run as text that ends with a newline; the same text for the same run and context."""
