"""Small pictures as SVG within a page, whose colours are classes of its style."""

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as xml

from gradcheck.escaping import escape_unprintable


@dataclass(frozen=True)
class PictureSize:
    """The width and the height of a picture, in pixels."""

    width: int
    height: int


def open_svg(title: str, size: PictureSize, kind: str) -> xml.Element:
    """Open a picture.  title: what it shows, for who hears the page.  kind: its class."""
    box = {"viewBox": f"0 0 {size.width} {size.height}", "width": str(size.width), "height": str(size.height)}
    root = xml.Element("svg", {"class": kind, "role": "img", **box})
    add_svg_text(root, "title", title)
    return root


def add_svg_path(parent: xml.Element, kind: str, path: str) -> None:
    """Add a path, if there is any.  kind: its class."""
    if path:
        xml.SubElement(parent, "path", {"class": kind, "d": path})


def add_svg_text(parent: xml.Element, tag: str, text: str, **attributes: str) -> None:
    """Add an element that holds text, with what cannot be printed escaped."""
    xml.SubElement(parent, tag, attributes).text = escape_unprintable(text)


def close_svg(root: xml.Element) -> Any:
    """Return a picture as markup; all text in it is escaped."""
    from markupsafe import Markup

    return Markup(xml.tostring(root, encoding="unicode"))


def format_place(number: float) -> str:
    """Format a coordinate in tenths of a pixel."""
    return f"{number:.1f}".removesuffix(".0")
