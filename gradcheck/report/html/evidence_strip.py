"""What one witness expects as a strip: the expected number with its error bar, and the number that was given."""

import math
from typing import Any

from gradcheck.records.evidence import Evidence
from gradcheck.report.content import format_expected_value, name_witness
from gradcheck.report.html.svg import PictureSize, add_svg_path, close_svg, format_place, open_svg

EVIDENCE_STRIP = PictureSize(150, 22)
EVIDENCE_MARGIN = 8
HALF_CAP = 4
"""Half of the height of the ends of an error bar."""
REACH = 8
"""Half of the height of the line of the given number."""


def draw_evidence_strip(evidence: Evidence) -> Any:
    """Draw the figures of one witness on an axis of their own; "" where a number is not finite.

    An error bar that is narrower than a pixel is its dot; one of unknown width goes from end to end.
    """
    if not (math.isfinite(evidence.claimed) and math.isfinite(evidence.expected)):
        return ""
    agrees = "within the error bar" if evidence.agrees else "outside of the error bar"
    expected = f"{name_witness(evidence)} expects {format_expected_value(evidence)}"
    root = open_svg(f"{expected}; given is {evidence.claimed:.6g}, {agrees}", EVIDENCE_STRIP, "evidence")
    given, low, middle, high = map(format_place, place_numbers(evidence))
    y = EVIDENCE_STRIP.height // 2
    is_seen = math.isfinite(evidence.error) and low != high
    caps = f"M{low} {y - HALF_CAP}v{2 * HALF_CAP}M{high} {y - HALF_CAP}v{2 * HALF_CAP}" if is_seen else ""
    add_svg_path(root, "axis", f"M0 {y}h{EVIDENCE_STRIP.width}")
    add_svg_path(root, "bar", f"M{low} {y}H{high}{caps}")
    add_svg_path(root, "dot", f"M{middle} {y}h0")
    add_svg_path(root, "given agrees" if evidence.agrees else "given", f"M{given} {y - REACH}v{2 * REACH}")
    return close_svg(root)


def place_numbers(evidence: Evidence) -> tuple[float, float, float, float]:
    """Place the given number, the lower end of the bar, the expected number and the upper end on the strip."""
    is_known = math.isfinite(evidence.error)
    size = max(abs(evidence.claimed), abs(evidence.expected), evidence.error if is_known else 0.0) or 1.0
    given, expected = evidence.claimed / size, evidence.expected / size
    reach = evidence.error / size if is_known else abs(given - expected)
    low, high = min(given, expected - reach), max(given, expected + reach)
    if high == low:
        return (EVIDENCE_STRIP.width / 2,) * 4

    def place(number: float) -> float:
        return EVIDENCE_MARGIN + (number - low) / (high - low) * (EVIDENCE_STRIP.width - 2 * EVIDENCE_MARGIN)

    if not is_known:
        return place(given), 0.0, place(expected), float(EVIDENCE_STRIP.width)
    return place(given), place(expected - reach), place(expected), place(expected + reach)
