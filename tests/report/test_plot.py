"""Small plots: the curve goes where the function goes, whatever its values are."""

from xml.etree import ElementTree as xml

import numpy as np
import pytest

from gradcheck.report import plot

SVG = "{http://www.w3.org/2000/svg}"
X = np.linspace(-1, 3, 257)
HUGE = np.finfo(float).max


def canvas(*curves, x=X):
    """The rows between the axes, each as wide as the plot."""
    lines = plot.draw_text_plot(x, {f"c{i}": y for i, y in enumerate(curves)}).split("\n")[: plot.CANVAS_ROWS]
    return [line.partition("│")[2].ljust(plot.CANVAS_COLUMNS) for line in lines]


def marks(rows, mark="●"):
    """Where a mark stands, as (column, row), the row counted from below."""
    return sorted(
        (c, plot.CANVAS_ROWS - 1 - r) for r, row in enumerate(rows) for c, one in enumerate(row) if one == mark
    )


def polylines(curves, x=X):
    """The points of every curve in the SVG plot."""
    root = xml.fromstring(plot.draw_svg_plot("title", x, curves))
    found = (line.get("points").split() for line in root.iter(f"{SVG}polyline"))
    return [np.array([point.split(",") for point in points], float).reshape(-1, 2) for points in found]


def test_a_line_goes_from_bottom_left_to_top_right():
    found = marks(canvas(2 * X))
    assert found[0] == (0, 0)
    assert found[-1] == (plot.CANVAS_COLUMNS - 1, plot.CANVAS_ROWS - 1)
    assert {c for c, _ in found} == set(range(plot.CANVAS_COLUMNS))
    assert {r for _, r in found} == set(range(plot.CANVAS_ROWS))
    assert [r for _, r in found] == sorted(r for _, r in found)


def test_a_falling_line_goes_from_top_left_to_bottom_right():
    found = marks(canvas(-X))
    assert (found[0], found[-1]) == ((0, plot.CANVAS_ROWS - 1), (plot.CANVAS_COLUMNS - 1, 0))


def test_the_ranges_of_both_axes_are_told():
    lines = plot.draw_text_plot(X, {"f": 2 * X}).split("\n")
    assert lines[0].split("│")[0].strip() == "6"
    assert lines[plot.CANVAS_ROWS - 1].split("│")[0].strip() == "-2"
    assert lines[-2].split() == ["-1", "3"]
    assert lines[-1].split() == ["●", "f"]
    assert len(lines[-2]) == len(lines[-3])


def test_the_axis_runs_through_zero():
    (row,) = [i for i, line in enumerate(canvas(2 * X)) if "─" in line]
    assert plot.CANVAS_ROWS - 1 - row == round((plot.CANVAS_ROWS - 1) * 2 / 8)


def test_the_first_curve_is_drawn_over_the_second():
    assert marks(canvas(X, X), "·") == []
    both = canvas(X, -X)
    assert marks(both, "●")
    assert marks(both, "·")


@pytest.mark.parametrize(("value", "row"), [(5.0, plot.CANVAS_ROWS - 1), (0.0, (plot.CANVAS_ROWS - 1) // 2), (-5.0, 0)])
def test_a_constant_is_a_level_line(value, row):
    assert marks(canvas(np.full(X.shape, value))) == [(c, row) for c in range(plot.CANVAS_COLUMNS)]
    (points,) = polylines({"f": np.full(X.shape, value)})
    assert len(points) == len(X)
    assert len(set(points[:, 1])) == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_left_out(bad):
    y = np.where(X < 0, bad, X)
    found = marks(canvas(y))
    assert found[-1] == (plot.CANVAS_COLUMNS - 1, plot.CANVAS_ROWS - 1)
    assert found[0][0] == round((plot.CANVAS_COLUMNS - 1) / 4)
    (points,) = polylines({"f": y})
    assert np.isfinite(points).all()
    assert len(points) == np.isfinite(y).sum()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_function_that_is_nowhere_finite_is_an_empty_plot(bad):
    y = np.full(X.shape, bad)
    assert marks(canvas(y)) == []
    (points,) = polylines({"f": y})
    assert points.size == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e300, HUGE / 8])
def test_the_smallest_and_the_largest_numbers_are_drawn_too(scale):
    found = marks(canvas(X * scale))
    assert (found[0], found[-1]) == ((0, 0), (plot.CANVAS_COLUMNS - 1, plot.CANVAS_ROWS - 1))


def test_a_range_wider_than_the_largest_number_is_drawn_too():
    y = np.linspace(-1, 1, len(X)) * HUGE
    found = marks(canvas(y))
    assert (found[0], found[-1]) == ((0, 0), (plot.CANVAS_COLUMNS - 1, plot.CANVAS_ROWS - 1))
    assert np.isfinite(polylines({"f": y})[0]).all()


def test_one_point_is_drawn():
    x = np.array([2.0])
    assert len(marks(canvas(x, x=x))) == 1
    assert np.isfinite(polylines({"f": x}, x)[0]).all()


def test_svg_has_one_polyline_and_one_name_per_curve():
    curves = {'f<&">': X, "slope": np.ones(X.shape)}
    assert len(polylines(curves)) == 2
    root = xml.fromstring(plot.draw_svg_plot("a<b", X, curves))
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text == "a<b"
    assert {*curves} <= {t.text for t in root.iter(f"{SVG}text")}
    assert len({line.get("stroke") for line in root.iter(f"{SVG}polyline")}) == 2


def test_svg_points_go_from_bottom_left_to_top_right_inside_the_frame():
    (points,) = polylines({"f": 2 * X})
    assert len(points) == len(X)
    assert (np.diff(points[:, 0]) > 0).all()
    assert (np.diff(points[:, 1]) < 0).all()  # in SVG, up is less
    assert points[0].tolist() == [plot.PLOT_MARGIN, plot.PLOT_HEIGHT - plot.PLOT_MARGIN]
    assert points[-1].tolist() == [plot.PLOT_WIDTH - plot.PLOT_MARGIN, plot.PLOT_MARGIN]
