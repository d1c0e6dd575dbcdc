"""Heat maps as SVG: a square for each number, a frame around what is wrong."""

from dataclasses import replace
from math import inf, nan

from gradcheck.records.difference_map import DifferenceMap
from gradcheck.report.html.heat_map_svg import WIDEST, describe_colours, draw_heat_maps
from tests.report.html.html_reading import read_html

PICTURE = DifferenceMap(((0.5, -2.0), (0.0, 3.0)), ((1.0, -2.0), (0.0, 3.0)), ((0.0, 0.0), (0.0, 0.0)), (2, 2))


def draw(picture):
    """The trees of the three maps, by title."""
    return {title: read_html(str(svg)) for title, svg in draw_heat_maps(picture)}


def list_classes(svg):
    """The classes of the squares of a map."""
    return [one.attributes["class"] for one in svg.find("rect")]


def test_each_number_is_a_square_with_its_value():
    maps = draw(PICTURE)
    assert list(maps) == ["expected", "given", "difference"]
    assert list_classes(maps["given"]) == ["above", "below", "zero", "above"]
    assert [one.read() for one in maps["given"].find("title")][1:] == ["0.5", "-2", "0", "3"]
    assert list_classes(maps["difference"]) == ["below", "zero", "zero", "zero"]


def test_the_largest_number_is_opaque_and_smaller_ones_are_fainter():
    shares = [
        float(one.attributes["fill-opacity"])
        for one in draw(PICTURE)["given"].find("rect")
        if "fill-opacity" in one.attributes
    ]
    assert max(shares) == shares[-1] == 1
    assert shares == sorted(shares)


def test_what_is_wrong_has_a_frame_and_nothing_that_is_expected():
    frames = {title: svg.find("path") for title, svg in draw(PICTURE).items()}
    framed = {title: [p for p in paths if p.attributes["class"] == "frame"] for title, paths in frames.items()}
    assert [len(paths) for paths in framed.values()] == [0, 1, 1]
    assert framed["given"][0].attributes["d"].count("M") == 1


def test_rows_have_their_index_and_the_title_says_how_much_is_wrong():
    svg = draw(PICTURE)["given"]
    assert [one.read() for one in svg.find("text")] == ["[0, :]", "[1, :]"]
    assert svg.find("title")[0].read() == "given: 1 of 4 elements is wrong in a case of shape (2, 2)"


def test_numbers_that_are_not_finite_have_marks_that_are_explained():
    odd = replace(PICTURE, given=((nan, inf), (0.0, 3.0)))
    assert list_classes(draw(odd)["given"]) == ["odd", "odd", "zero", "above"]
    assert describe_colours(odd)[-1].startswith("not finite: ")


def test_a_large_array_is_no_wider_than_a_small_screen():
    rows = tuple(tuple(float(i + j) for j in range(16)) for i in range(16))
    svg = draw(DifferenceMap(rows, rows[::-1], rows, (16, 16)))["given"].find("svg")[0]
    assert WIDEST <= int(svg.attributes["width"]) < 320


def test_the_colours_are_explained_by_what_occurs():
    assert describe_colours(PICTURE) == [
        "expected, given: no colour is 0, blue up to 3, orange with a line down to -3",
        "difference: no colour is right, orange with a line down to -0.5; what is wrong has a frame",
    ]
