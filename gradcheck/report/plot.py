"""Small plots of a function and its slope: in characters for a terminal, and as SVG."""

from collections.abc import Mapping
from xml.etree import ElementTree as xml

import numpy as np

from gradcheck.arrays import Values

COLUMNS, ROWS = 64, 17
LARGEST = 1e300  # what is drawn of anything larger
MARKS = "●·"
WIDTH, HEIGHT, MARGIN = 480, 300, 40
COLOURS = ("#0969da", "#cf222e")


def drawable(curves: Mapping[str, Values]) -> dict[str, Values]:
    """The curves without what is not finite, and no larger than LARGEST."""
    return {name: np.where(np.isfinite(y), np.clip(y, -LARGEST, LARGEST), np.nan) for name, y in curves.items()}


def span(curves: Mapping[str, Values]) -> tuple[float, float]:
    """The range of all finite values, never empty."""
    values = np.concatenate([y[np.isfinite(y)] for y in curves.values()])
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    return (low, high) if high > low else (low - 1, high + 1)


def terminal(x: Values, curves: Mapping[str, Values]) -> str:
    """The curves in characters, the first drawn over the others, with the range of both axes."""
    curves = drawable(curves)
    low, high = span(curves)
    canvas = np.full((ROWS, COLUMNS), " ")
    if low <= 0 <= high:
        canvas[row(np.zeros(1), low, high)] = "─"
    for mark, y in reversed([*zip(MARKS, curves.values(), strict=False)]):
        shown = np.isfinite(y)
        columns = np.rint(along(x) * (COLUMNS - 1)).astype(int)
        canvas[row(y[shown], low, high), columns[shown]] = mark
    edges = {0: f"{high:.3g}", ROWS - 1: f"{low:.3g}"}
    lines = [f"{edges.get(i, ''):>8} │{''.join(line).rstrip()}" for i, line in enumerate(canvas)]
    scale = f"{'':9}└{'─' * COLUMNS}\n{'':10}{x[0]:<.3g}{x[-1]:>{COLUMNS - len(f'{x[0]:.3g}')}.3g}"
    return "\n".join(
        [*lines, scale, f"{'':10}{'   '.join(f'{m} {name}' for m, name in zip(MARKS, curves, strict=False))}"]
    )


def along(x: Values) -> Values:
    """Where each point stands between the first and the last, from 0 to 1."""
    return (x - x[0]) / ((x[-1] - x[0]) or 1.0)


def row(y: Values, low: float, high: float) -> Values:
    """The line on which a value is drawn, the highest on top."""
    return np.asarray(np.rint((high - y) / (high - low) * (ROWS - 1)), dtype=int)


def svg(title: str, x: Values, curves: Mapping[str, Values]) -> str:
    """The curves as polylines with axes through zero and a legend."""
    curves = drawable(curves)
    low, high = span(curves)
    size = {"width": str(WIDTH), "height": str(HEIGHT), "font-family": "sans-serif", "font-size": "12"}
    root = xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size})
    xml.SubElement(root, "title").text = title
    across = MARGIN + along(x) * (WIDTH - 2 * MARGIN)
    frame(root, (float(x[0]), float(x[-1])), (low, high))
    for i, ((name, y), colour) in enumerate(zip(curves.items(), COLOURS, strict=False)):
        up = HEIGHT - MARGIN - (y - low) / (high - low) * (HEIGHT - 2 * MARGIN)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, up, strict=True) if np.isfinite(b))
        xml.SubElement(root, "polyline", {"points": points, "fill": "none", "stroke": colour, "stroke-width": "2"})
        words(root, MARGIN + 90 * i, 20, name, colour)
    return xml.tostring(root, encoding="unicode") + "\n"


def frame(root: xml.Element, x: tuple[float, float], y: tuple[float, float]) -> None:
    """A box with the ranges at its corners."""
    box = {"x": str(MARGIN), "y": str(MARGIN), "width": str(WIDTH - 2 * MARGIN), "height": str(HEIGHT - 2 * MARGIN)}
    xml.SubElement(root, "rect", {**box, "fill": "none", "stroke": "#d0d7de"})
    for place, value in zip((MARGIN, WIDTH - MARGIN - 20), x, strict=True):
        words(root, place, HEIGHT - MARGIN + 18, f"{value:.3g}", "black")
    for height, value in zip((HEIGHT - MARGIN, MARGIN + 10), y, strict=True):
        words(root, 4, height, f"{value:.3g}", "black")


def words(root: xml.Element, x: float, y: float, text: str, colour: str) -> None:
    """A piece of text."""
    xml.SubElement(root, "text", {"x": str(x), "y": str(y), "fill": colour}).text = text
