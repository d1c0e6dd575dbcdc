"""The gradebooks, one line each; none is loaded before it is needed."""

from pkgutil import resolve_name

from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.spelling import suggest_name

GRADEBOOKS = {
    "autolab": "gradcheck.report.audit.gradebooks.autolab:AUTOLAB",
    "canvas": "gradcheck.report.audit.gradebooks.canvas:CANVAS",
    "classroom": "gradcheck.report.audit.gradebooks.classroom:CLASSROOM",
    "gradescope": "gradcheck.report.audit.gradebooks.gradescope:GRADESCOPE",
    "junit": "gradcheck.report.audit.gradebooks.junit:JUNIT",
    "moodle": "gradcheck.report.audit.gradebooks.moodle:MOODLE",
    "nbgrader": "gradcheck.report.audit.gradebooks.nbgrader:NBGRADER",
}
"""The name of a format, and where its gradebook is."""


class GradebookError(ValueError):
    """A gradebook that does not exist, or an export that it cannot fill; the message says what would do."""


def load_gradebook(name: str) -> Gradebook:
    """Load a gradebook by its name.  Raises GradebookError where there is none of it."""
    if name not in GRADEBOOKS:
        suggestion = suggest_name(name, GRADEBOOKS)
        raise GradebookError(f"there is no gradebook {name!r}; {suggestion}There are: {', '.join(GRADEBOOKS)}")
    gradebook: Gradebook = resolve_name(GRADEBOOKS[name])
    return gradebook
