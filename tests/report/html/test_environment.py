"""What the templates of all pages share: text in one line, names that may be broken, colours that can be told."""

import re
from importlib.resources import files

import pytest
from markupsafe import Markup

from gradcheck.report.content import build_block
from gradcheck.report.html.environment import (
    escape_html_lines,
    list_other_lines,
    load_environment,
    make_printable,
    mark_code,
    mark_name_breaks,
)
from tests.report import example_runs

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: of text and its background."""
LEAST_CONTRAST_OF_PICTURES = 3
"""WCAG 2.2, 1.4.11: of what is drawn and its background."""


def test_names_are_broken_behind_underscores():
    assert mark_name_breaks("max_pool_<b>") == "max_<wbr>pool_<wbr>&lt;b&gt;"


def test_text_is_one_line_and_markup_stays():
    assert make_printable("a\nb") == "a\\nb"
    assert make_printable(7) == "7"
    assert make_printable(Markup("<b>\n</b>")) == "<b>\n</b>"


def test_what_stands_between_backticks_is_code_and_nothing_else_is_markup():
    assert mark_code("write `a < b`, not `c`") == "write <code>a &lt; b</code>, not <code>c</code>"
    assert mark_code("`<script>`\n`") == "<code>&lt;script&gt;</code>\\n`"


def test_text_of_several_lines_keeps_them():
    assert escape_html_lines("<a>\n\x1b") == "&lt;a&gt;\n\\x1b"


def test_what_the_witnesses_say_is_left_to_their_table():
    block = build_block(example_runs.FINDING)
    others = list_other_lines(block)
    assert [line for line in block.lines if line not in others] == [
        line for line in block.lines if line.startswith("witness")
    ]
    assert "law: gradient" in others


def test_text_is_escaped_and_a_name_that_is_missing_is_an_error():
    environment = load_environment()
    assert environment.from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"
    with pytest.raises(Exception, match="undefined"):
        environment.from_string("{{ missing }}").render()


def read_colours(style):
    """The colours of each scheme: light, dark, print."""
    light, dark, paper = [
        dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    return light, {**light, **dark}, {**light, **paper}


def measure_luminance(colour):
    """The relative luminance of a colour, #rgb or #rrggbb.  Source: WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def measure_contrast(one, other):
    """The contrast of two colours."""
    low, high = sorted(map(measure_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_text_and_marks_stand_out_from_their_background():
    style = files("gradcheck.report.html").joinpath("templates/style.css").read_text(encoding="utf-8")
    text = [(tone, f"{tone}-ink") for tone in ("right", "warned", "wrong", "open", "loud")]
    text += [(back, ink) for back in ("paper", "shade") for ink in ("ink", "faint", "link")]
    drawn = [("paper", mark) for mark in ("above", "below", "mark", "faint")]
    for colours in read_colours(style):
        assert min(measure_contrast(colours[back], colours[ink]) for back, ink in text) >= LEAST_CONTRAST
        assert min(measure_contrast(colours[back], colours[m]) for back, m in drawn) >= LEAST_CONTRAST_OF_PICTURES
