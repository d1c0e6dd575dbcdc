"""A student's page in Markdown."""

from collections.abc import Iterator

from gradcheck.escaping import escape_lines
from gradcheck.report.audit.function_section import FunctionSection
from gradcheck.report.audit.student_page import StudentPage
from gradcheck.report.markdown import (
    escape_markdown,
    fence_code,
    render_markdown_block,
    render_markdown_list,
    render_markdown_table,
)


def render_student_markdown(page: StudentPage) -> str:
    """Write the page, the points first."""
    return "\n".join(render_student_lines(page)) + "\n"


def render_student_lines(page: StudentPage) -> Iterator[str]:
    """Write every line of the page."""
    yield f"# {escape_markdown(f'{page.assignment}: {page.student}')}"
    yield from ("", f"**{escape_markdown(page.answer)}**")
    if page.invalid:
        yield from ("", f"Nothing of it could be run: {escape_markdown(page.invalid)}")
    yield from ("", render_markdown_table(page.table))
    for section in page.sections:
        yield from ("", *render_section_lines(section))
    yield from render_markdown_list("Not run", page.unrun)
    yield from render_markdown_list("Notes", page.notes)
    if page.basis:
        yield from ("", escape_markdown(page.basis))


def render_section_lines(section: FunctionSection) -> Iterator[str]:
    """Write what is said of a function."""
    place = f" in {section.place}" if section.place else ""
    yield f"## {escape_markdown(f'{section.name}: {section.state}, {section.points} points{place}')}"
    if section.reason:
        yield from ("", escape_markdown(section.reason))
    for found in section.found:
        yield from ("", *render_markdown_block(found.block))
    if section.unexamined:
        yield from ("", "Not examined:", "", *(f"- {escape_markdown(line)}" for line in section.unexamined))
    if section.output:
        yield from ("", "It printed:", "", *fence_code(escape_lines(section.output), "text"))
