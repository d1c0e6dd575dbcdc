"""A badge for a README: whether the ops hold, and how many there are."""

from html import escape
from typing import TYPE_CHECKING

from gradcheck.formatting import pluralise
from gradcheck.records.status import FAILING_STATUSES, UNDECIDED_STATUSES
from gradcheck.report.context import ReportContext
from gradcheck.report.renderer import Renderer

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison
    from gradcheck.records.results import Run

BADGE_LABEL = "gradcheck"
HOLDS_COLOUR, OPEN_COLOUR, FAILS_COLOUR = "#2c6e35", "#7a5a00", "#b3261e"
"""Colours on which white text has a contrast of at least 6 to 1."""
BADGE_CHARACTER_WIDTH = 6
"""Pixels of a character, by which a badge is as wide as its text; textLength makes it fit in any font."""
MARGIN = 6
"""Pixels on each side of a text."""

BADGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{title}">
  <title>{title}</title>
  <rect width="{width}" height="20" rx="3" fill="#444"/>
  <path d="M{left} 0h{flat}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{flat}z" fill="{colour}"/>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
    <text x="6" y="14" textLength="{label_length}">{label}</text>
    <text x="{start}" y="14" textLength="{length}">{message}</text>
  </g>
</svg>
"""


class BadgeRenderer:
    """The format `badge`, an SVG picture."""

    name = "badge"
    suffix = ".svg"
    shows_comparison = False

    def render(self, run: "Run", context: ReportContext) -> str:
        """Draw the badge of a run; of a comparison it has no more than that errors grew."""
        message, colour = summarise_run(run, context.comparison)
        label_length, length = (len(text) * BADGE_CHARACTER_WIDTH for text in (BADGE_LABEL, message))
        left, right = label_length + 2 * MARGIN, length + 2 * MARGIN
        return BADGE.format(
            title=escape(f"{BADGE_LABEL}: {message}"),
            label=BADGE_LABEL,
            message=escape(message),
            label_length=label_length,
            length=length,
            left=left,
            start=left + MARGIN,
            flat=right - 3,
            width=left + right,
            colour=colour,
        )


def summarise_run(run: "Run", comparison: "Comparison | None" = None) -> tuple[str, str]:
    """Summarise a run in a few words and a colour: what fails, else what grew, else what is left open, else that all
    hold."""
    ops = pluralise(len(run.results), "op")
    failing = sum(result.status in FAILING_STATUSES for result in run.results)
    undecided = sum(result.status in UNDECIDED_STATUSES for result in run.results)
    if failing:
        return f"{failing} of {ops} {'fails' if failing == 1 else 'fail'}", FAILS_COLOUR
    if comparison and comparison.regressions:
        return pluralise(len(comparison.regressions), "regression"), FAILS_COLOUR
    if not run.results:
        return "no op checked", OPEN_COLOUR
    if undecided or not run.complete:
        return f"{undecided} of {ops} undecided" if undecided else f"{ops}, incomplete", OPEN_COLOUR
    return f"{ops} {'holds' if len(run.results) == 1 else 'hold'}", HOLDS_COLOUR


BADGE_RENDERER: Renderer = BadgeRenderer()
