"""The relative errors of an op's gradient by each witness on a logarithmic axis: those of all cases above a line, the
error bars of the witness below it, and on it the worst error of each input."""

import math
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as xml

from gradcheck.formatting import pluralise
from gradcheck.records.error_spread import LEAST_DECADE, MOST_DECADE, ErrorSpread, measure_power
from gradcheck.records.results import OpResult
from gradcheck.report.html.svg import PictureSize, add_svg_path, add_svg_text, close_svg, format_place, open_svg

LABELS, LABEL_LENGTH = 100, 14
"""The width of the names of witnesses in pixels, and the characters of a name that fit."""
DECADE = 12
ROW, UP, DOWN = 32, 16, 9
"""The height of a row, and of the largest count above and below its line."""
AXIS, TALLEST = 16, 500
"""The height of the numbers of the axis, and of the lines above them, which end where the picture ends."""
ERROR_STRIP_WIDTH = LABELS + DECADE * (MOST_DECADE + 1 - LEAST_DECADE) + 8
NUMBERED = (-15, -10, -5, 0)
"""The powers of ten that the axis names."""
SHARED_AXIS = "decades"
"""The id of the numbers of the axis and of the lines above them, which are in a page once."""


def draw_error_strip(result: OpResult) -> Any:
    """Draw the errors of an op; "" where no witness measured any."""
    spreads = {str(name): one for verdict in result.verdicts for name, one in verdict.spread.items()}
    worst: dict[str, dict[str, float]] = {}
    for key, error in result.errors.items():
        worst.setdefault(str(key.witness), {})[key.input] = error
    if not worst:
        return ""
    bottom = ROW * len(worst)
    root = open_svg(
        f"{result.op}: {describe_errors(worst, spreads)}", PictureSize(ERROR_STRIP_WIDTH, bottom + AXIS), "errors"
    )
    xml.SubElement(root, "use", {"href": f"#{SHARED_AXIS}", "y": str(bottom)})
    rows = [(ROW * i + UP + 3, witness, errors) for i, (witness, errors) in enumerate(sorted(worst.items()))]
    for y, witness, _ in rows:
        name = witness if len(witness) <= LABEL_LENGTH else f"{witness[: LABEL_LENGTH - 1]}…"
        add_svg_text(root, "text", name, x="0", y=str(y + 4))
    known = [(y, spreads[witness]) for y, witness, _ in rows if witness in spreads]
    add_svg_path(root, "count", "".join(draw_counts(spread.errors, y, -UP) for y, spread in known))
    add_svg_path(root, "bars", "".join(draw_counts(spread.bars, y, DOWN) for y, spread in known))
    add_svg_path(root, "axis", "".join(f"M{LABELS} {y}H{ERROR_STRIP_WIDTH - 8}" for y, *_ in rows))
    dots = [f"M{place_error(error)} {y}h0" for y, _, errors in rows for error in sorted(errors.values())]
    add_svg_path(root, "dot", "".join(dict.fromkeys(dots)))
    return close_svg(root)


def describe_errors(worst: Mapping[str, Mapping[str, float]], spreads: Mapping[str, ErrorSpread]) -> str:
    """Say what the strip shows: the worst error by each witness, in how many cases, and its error bars."""
    said = []
    for witness, errors in sorted(worst.items()):
        words = f"{witness} at most {max(errors.values()):.1e}"
        if spread := spreads.get(witness):
            words += f" in {pluralise(sum(spread.errors.values()), 'comparison')}"
            words += f", bars {describe_decades(spread.bars)}" * bool(spread.bars)
        said.append(words)
    return f"relative errors by {'; '.join(said)}"


def describe_decades(counts: Iterable[int]) -> str:
    """Say from which to which power of ten some decades go."""
    return f"1e{min(counts)} to 1e{max(counts) + 1}"


def draw_shared_axis() -> Any:
    """Draw the numbers of the axis and the lines above them, to which every strip refers."""
    root = xml.Element("svg", {"class": "shared", "width": "0", "height": "0", "aria-hidden": "true"})
    group = xml.SubElement(xml.SubElement(root, "defs"), "g", {"id": SHARED_AXIS})
    add_svg_path(group, "grid", "".join(f"M{place_decade(power)} 0V-{TALLEST}" for power in NUMBERED))
    add_svg_text(group, "text", "0", x=str(LABELS), y="12")
    for power in NUMBERED:
        add_svg_text(group, "text", f"1e{power}", x=str(place_decade(power) - 14), y="12")
    return close_svg(root)


def place_decade(power: float) -> float:
    """Place a power of ten on the axis."""
    return LABELS + DECADE * (power - LEAST_DECADE)


def place_error(error: float) -> str:
    """Place an error on the axis, at its end where it is beyond."""
    return format_place(place_decade(measure_power(error)))


def draw_counts(counts: Mapping[int, int], y: int, height: int) -> str:
    """Draw counts by decade as columns on a line, by their roots: one of many is still seen.  height: of the largest
    count, below zero for columns that go up."""
    most = max(counts.values(), default=1)
    columns = ((place_decade(d), format_place(height * math.sqrt(n / most))) for d, n in counts.items())
    return "".join(f"M{x + 1} {y}v{tall}h{DECADE - 2}V{y}z" for x, tall in columns)
