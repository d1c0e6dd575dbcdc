"""Small plots of a function and its slope: in characters for a terminal, and as SVG."""

from collections.abc import Mapping
from xml.etree import ElementTree as xml

import numpy as np

from gradcheck.arrays import Values

CANVAS_COLUMNS, CANVAS_ROWS = 64, 17
LARGEST_DRAWN = 1e300  # in place of any larger value
CURVE_MARKS = "●·"
PLOT_WIDTH, PLOT_HEIGHT, PLOT_MARGIN = 480, 300, 40
CURVE_COLOURS = ("#0969da", "#cf222e")


def clip_curves(curves: Mapping[str, Values]) -> dict[str, Values]:
    """Clip the curves to LARGEST_DRAWN, with NaN for values that are not finite."""
    return {
        name: np.where(np.isfinite(y), np.clip(y, -LARGEST_DRAWN, LARGEST_DRAWN), np.nan) for name, y in curves.items()
    }


def find_value_range(curves: Mapping[str, Values]) -> tuple[float, float]:
    """Find the range of all finite values and zero, never empty."""
    values = np.concatenate([y[np.isfinite(y)] for y in curves.values()])
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    return (low, high) if high > low else (low - 1, high + 1)


def draw_text_plot(x: Values, curves: Mapping[str, Values]) -> str:
    """Draw the curves in characters, the first over the others, with the range of both axes."""
    curves = clip_curves(curves)
    low, high = find_value_range(curves)
    canvas = np.full((CANVAS_ROWS, CANVAS_COLUMNS), " ")
    if low <= 0 <= high:
        canvas[find_canvas_rows(np.zeros(1), low, high)] = "─"
    for mark, y in reversed([*zip(CURVE_MARKS, curves.values(), strict=False)]):
        shown = np.isfinite(y)
        columns = np.rint(scale_to_unit_interval(x) * (CANVAS_COLUMNS - 1)).astype(int)
        canvas[find_canvas_rows(y[shown], low, high), columns[shown]] = mark
    edges = {0: f"{high:.3g}", CANVAS_ROWS - 1: f"{low:.3g}"}
    lines = [f"{edges.get(i, ''):>8} │{''.join(line).rstrip()}" for i, line in enumerate(canvas)]
    scale = f"{'':9}└{'─' * CANVAS_COLUMNS}\n{'':10}{x[0]:<.3g}{x[-1]:>{CANVAS_COLUMNS - len(f'{x[0]:.3g}')}.3g}"
    return "\n".join(
        [*lines, scale, f"{'':10}{'   '.join(f'{m} {name}' for m, name in zip(CURVE_MARKS, curves, strict=False))}"]
    )


def scale_to_unit_interval(x: Values) -> Values:
    """Map the points to 0 … 1, the first to 0 and the last to 1."""
    return (x - x[0]) / ((x[-1] - x[0]) or 1.0)


def find_canvas_rows(y: Values, low: float, high: float) -> Values:
    """Find the rows on which values are drawn, the highest value on top."""
    return np.asarray(np.rint((high - y) / (high - low) * (CANVAS_ROWS - 1)), dtype=int)


def draw_svg_plot(title: str, x: Values, curves: Mapping[str, Values]) -> str:
    """Draw the curves as polylines in a frame, with a legend."""
    curves = clip_curves(curves)
    low, high = find_value_range(curves)
    size = {"width": str(PLOT_WIDTH), "height": str(PLOT_HEIGHT), "font-family": "sans-serif", "font-size": "12"}
    root = xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size})
    xml.SubElement(root, "title").text = title
    across = PLOT_MARGIN + scale_to_unit_interval(x) * (PLOT_WIDTH - 2 * PLOT_MARGIN)
    add_plot_frame(root, (float(x[0]), float(x[-1])), (low, high))
    for i, ((name, y), colour) in enumerate(zip(curves.items(), CURVE_COLOURS, strict=False)):
        up = PLOT_HEIGHT - PLOT_MARGIN - (y - low) / (high - low) * (PLOT_HEIGHT - 2 * PLOT_MARGIN)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, up, strict=True) if np.isfinite(b))
        xml.SubElement(root, "polyline", {"points": points, "fill": "none", "stroke": colour, "stroke-width": "2"})
        add_plot_text(root, PLOT_MARGIN + 90 * i, 20, name, colour)
    return xml.tostring(root, encoding="unicode") + "\n"


def add_plot_frame(root: xml.Element, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Add a box with the ranges at its corners."""
    box = {
        "x": str(PLOT_MARGIN),
        "y": str(PLOT_MARGIN),
        "width": str(PLOT_WIDTH - 2 * PLOT_MARGIN),
        "height": str(PLOT_HEIGHT - 2 * PLOT_MARGIN),
    }
    xml.SubElement(root, "rect", {**box, "fill": "none", "stroke": "#d0d7de"})
    for place, value in zip((PLOT_MARGIN, PLOT_WIDTH - PLOT_MARGIN - 20), x, strict=True):
        add_plot_text(root, place, PLOT_HEIGHT - PLOT_MARGIN + 18, f"{value:.3g}", "black")
    for height, value in zip((PLOT_HEIGHT - PLOT_MARGIN, PLOT_MARGIN + 10), y, strict=True):
        add_plot_text(root, 4, height, f"{value:.3g}", "black")


def add_plot_text(root: xml.Element, x: float, y: float, text: str, colour: str) -> None:
    """Add a piece of text."""
    xml.SubElement(root, "text", {"x": str(x), "y": str(y), "fill": colour}).text = text
