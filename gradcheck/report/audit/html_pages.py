"""The pages of an audit as HTML that asks for nothing outside of itself, and runs no script.

`gradcheck.report.html` has what they share with the page of a run.
"""

from gradcheck.report.audit.class_page import STATE_LETTERS, ClassPage, make_tone
from gradcheck.report.audit.student_page import StudentPage
from gradcheck.report.html.environment import load_environment

AUDIT_PACKAGE = "gradcheck.report.audit"
"""Where their templates are."""


def render_class_html(page: ClassPage) -> str:
    """Write the page of a class."""
    return load_environment(AUDIT_PACKAGE).get_template("class.html").render(page=page)


def render_student_html(page: StudentPage) -> str:
    """Write a student's page."""
    tones = {state: make_tone(state) for state in STATE_LETTERS}
    return load_environment(AUDIT_PACKAGE).get_template("student.html").render(page=page, tones=tones)
