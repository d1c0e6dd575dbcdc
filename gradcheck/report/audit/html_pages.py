"""The pages of an audit as HTML that asks for nothing outside of itself, and runs no script.

What is written into a template is escaped by Jinja; what cannot be printed is escaped before.
"""

from functools import cache
from typing import Any

from gradcheck.escaping import escape_lines, escape_unprintable
from gradcheck.report.audit.class_page import STATE_LETTERS, ClassPage, make_tone
from gradcheck.report.audit.student_page import StudentPage
from gradcheck.report.heat_map import describe_picture, draw_heat_map


def render_class_html(page: ClassPage) -> str:
    """Write the page of a class."""
    return load_environment().get_template("class.html").render(page=page)


def render_student_html(page: StudentPage) -> str:
    """Write a student's page."""
    tones = {state: make_tone(state) for state in STATE_LETTERS}
    return load_environment().get_template("student.html").render(page=page, tones=tones)


@cache
def load_environment() -> Any:
    """Load the environment of the templates: what they name has to be there, and text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gradcheck.report.audit"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=make_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        describe_picture=describe_picture,
        draw_heat_map=draw_heat_map,
        as_lines=escape_html_lines,
        breakable=mark_name_breaks,
    )
    return environment


def make_printable(value: Any) -> Any:
    """Return text in one line, with what cannot be printed escaped; markup stays as it is."""
    return value if hasattr(value, "__html__") else escape_unprintable(str(value))


def escape_html_lines(text: str) -> Any:
    """Return text of several lines as markup that shows it as it is."""
    from markupsafe import escape

    return escape(escape_lines(text))


def mark_name_breaks(name: str) -> Any:
    """Return a name as markup that may be broken behind underscores."""
    from markupsafe import Markup, escape

    return Markup("_<wbr>").join(map(escape, escape_unprintable(name).split("_")))
