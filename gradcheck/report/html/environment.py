"""The templates of pages as Jinja renders them: text is escaped, and what cannot be printed is escaped before."""

import re
from functools import cache
from typing import Any

from gradcheck.escaping import escape_lines, escape_unprintable
from gradcheck.formatting import format_number
from gradcheck.report.content import Block, format_evidence, format_expected_value, name_witness
from gradcheck.report.html.evidence_strip import draw_evidence_strip
from gradcheck.report.html.heat_map_svg import describe_colours, draw_heat_maps

SHARED_PACKAGE = "gradcheck.report.html"
"""Where the templates are that all pages share."""


@cache
def load_environment(package: str = SHARED_PACKAGE) -> Any:
    """Load the environment of a package's templates and the shared ones: what they name has to be there, and text is
    escaped."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in dict.fromkeys((package, SHARED_PACKAGE))]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=make_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        as_lines=escape_html_lines,
        breakable=mark_name_breaks,
        describe_colours=describe_colours,
        draw_evidence=draw_evidence_strip,
        draw_heat_maps=draw_heat_maps,
        expected_value=format_expected_value,
        number=format_number,
        other_lines=list_other_lines,
        with_code=mark_code,
        witness_name=name_witness,
    )
    return environment


def make_printable(value: Any) -> Any:
    """Return text in one line, with what cannot be printed escaped; markup stays as it is."""
    return value if hasattr(value, "__html__") else escape_unprintable(str(value))


def escape_html_lines(text: str) -> Any:
    """Return text of several lines as markup that shows it as it is."""
    from markupsafe import escape

    return escape(escape_lines(text))


def mark_code(text: str) -> Any:
    """Return text in one line as markup, in which what stands between backticks is code."""
    from markupsafe import Markup, escape

    escaped = str(escape(escape_unprintable(text)))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped))


def mark_name_breaks(name: str) -> Any:
    """Return a name as markup that may be broken behind underscores."""
    from markupsafe import Markup, escape

    return Markup("_<wbr>").join(map(escape, escape_unprintable(name).split("_")))


def list_other_lines(block: Block) -> list[str]:
    """List the lines of a block without those on its witnesses, which a page shows in a table."""
    said = set(format_evidence(block.evidence))
    return [line for line in block.lines if line not in said]
