"""The folder that an audit leaves: pages as results come, the class at the end."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from gradcheck.atomic_files import write_atomically
from gradcheck.records.audit import Audit, SubmissionResult
from gradcheck.report.audit.class_page import STUDENTS_FOLDER, build_class_page
from gradcheck.report.audit.class_table import render_class_csv
from gradcheck.report.audit.file_names import name_student_file
from gradcheck.report.audit.gradebooks.registry import load_gradebook
from gradcheck.report.audit.html_pages import render_class_html, render_student_html
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.student_markdown import render_student_markdown
from gradcheck.report.audit.student_page import build_student_page


def write_submission(folder: Path, header: Audit, submission: SubmissionResult, show: Show) -> None:
    """Write the pages of one submission, each whole or as it was: students/NAME.md and students/NAME.html.

    header: the audit, in which the rows of others may be missing; then what a submission that could not be run would
    have had points for is not known.  show: how much the student is shown.  Raises OSError.
    """
    page = build_student_page(header, submission, show)
    name = f"{STUDENTS_FOLDER}/{name_student_file(submission.student)}"
    write_files(folder, {f"{name}.md": render_student_markdown(page), f"{name}.html": render_student_html(page)})


def write_class(folder: Path, audit: Audit, show: Show, gradebooks: Iterable[str] = (), export: str = "") -> None:
    """Write class.csv, class.html, audit.json and gradebooks, each whole or as it was; the pages of students are
    written by write_submission.

    class.html, class.csv and audit.json are the teacher's, and hold everything.  show: how much the gradebooks tell the
    students.  gradebooks: their names.  export: the text of the file that the teacher exported from the gradebook, for
    one that fills its columns.  Raises OSError; GradebookError for a gradebook that does not exist, or an export that
    it cannot fill, before anything is written.
    """
    loaded = [load_gradebook(name) for name in gradebooks]
    filled = [gradebook.render(audit, show, export) for gradebook in loaded]
    write_files(folder, {"audit.json": audit.to_json(), "class.csv": render_class_csv(audit)})
    write_files(folder, {"class.html": render_class_html(build_class_page(audit))})
    for files in filled:
        write_files(folder, files)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts to files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(text, path)
