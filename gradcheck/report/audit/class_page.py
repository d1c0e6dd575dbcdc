"""The content of the page of a class, without markup: the matrix, the commonest mistakes, and equal wrong answers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from gradcheck.escaping import MAX_NOTE_LENGTH, cut_text
from gradcheck.formatting import format_number
from gradcheck.records.audit import Audit, FunctionResult, FunctionState, SubmissionResult, describe_mistake
from gradcheck.report.audit.answer import compose_audit_answer, describe_isolation, list_warnings
from gradcheck.report.audit.file_names import name_student_file
from gradcheck.report.audit.whole_rows import fill_row

STUDENTS_FOLDER = "students"
"""The folder of the students' pages, below that of the audit."""
STATE_LETTERS = {
    FunctionState.RIGHT: "R",
    FunctionState.WARNED: "R!",
    FunctionState.WRONG: "W",
    FunctionState.CRASHED: "C",
    FunctionState.ENDLESS: "E",
    FunctionState.UNJUDGED: "?",
    FunctionState.UNFINISHED: "U",
    FunctionState.SKIPPED: "S",
    FunctionState.NOT_FOUND: "N",
    FunctionState.UNLOADABLE: "L",
}
"""What stands for a state in the matrix; its word is said beside."""


@dataclass(frozen=True)
class StateCell:
    """A cell of the matrix.  tone: the class of its colour.  words: for who hears the page, or points at the cell."""

    letter: str
    tone: str
    points: str
    words: str


@dataclass(frozen=True)
class StudentLink:
    """A student, and the address of the page."""

    student: str
    address: str


@dataclass(frozen=True)
class MatrixRow:
    """The row of a submission."""

    link: StudentLink
    cells: tuple[StateCell, ...]
    points: str
    invalid: str


@dataclass(frozen=True)
class ClassMistake:
    """A mistake, and who made it."""

    function: str
    words: str
    students: tuple[StudentLink, ...]


@dataclass(frozen=True)
class EqualFunction:
    """A function in which wrong answers are equal.  words: the mistake, "" where nothing is known of it.  others: how
    many more are wrong there, with other numbers."""

    function: str
    words: str
    others: int


@dataclass(frozen=True)
class EqualAnswers:
    """Submissions that return the same wrong numbers, and in which functions."""

    students: tuple[StudentLink, ...]
    functions: tuple[EqualFunction, ...]


@dataclass(frozen=True)
class ClassPage:
    """The page of a class.  counts: how many submissions have each function in which state."""

    assignment: str
    answer: str
    isolation: str
    basis: str
    warnings: tuple[str, ...]
    legend: tuple[StateCell, ...]
    functions: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    right: tuple[str, ...]
    mistakes: tuple[ClassMistake, ...]
    equal_answers: tuple[EqualAnswers, ...]
    notes: tuple[str, ...]


def build_class_page(audit: Audit) -> ClassPage:
    """Build the page of a class."""
    filled = [fill_row(audit, submission) for submission in audit.submissions]
    return ClassPage(
        cut_text(audit.assignment),
        compose_audit_answer(audit),
        describe_isolation(audit),
        ", ".join([f"seed {audit.seed}", f"{audit.examples} cases", *map(" ".join, sorted(audit.environment.items()))]),
        tuple(list_warnings(audit)),
        tuple(StateCell(letter, make_tone(state), "", state) for state, letter in STATE_LETTERS.items()),
        tuple(map(cut_text, audit.functions)),
        tuple(build_matrix_row(audit, submission) for submission in filled),
        tuple(str(sum(is_function_right(row, name) for row in filled)) for name in audit.functions),
        tuple(ClassMistake(cut_text(name), cut_text(words), link_students(who)) for name, words, who in audit.mistakes),
        tuple(list_equal_answers(audit)),
        tuple(list_class_notes(audit)),
    )


def build_matrix_row(audit: Audit, submission: SubmissionResult) -> MatrixRow:
    """Build the row of a submission, all functions of which are there."""
    by_name = {function.name: function for function in submission.functions}
    return MatrixRow(
        make_link(submission.student),
        tuple(build_cell(by_name[name]) for name in audit.functions),
        f"{format_number(submission.points)} / {format_number(submission.out_of)}",
        cut_text(submission.invalid),
    )


def build_cell(function: FunctionResult) -> StateCell:
    """Build the cell of a function."""
    points, out_of = format_number(function.points), format_number(function.out_of)
    words = f"{function.name}: {function.state}, {points} of {out_of} points"
    return StateCell(STATE_LETTERS[function.state], make_tone(function.state), points, cut_text(words))


def make_tone(state: FunctionState) -> str:
    """Name the colour of a state: right, wrong, or neither."""
    if state is FunctionState.WARNED:
        return "warned"
    return "right" if state.is_right else "wrong" if state.is_judged else "open"


def is_function_right(submission: SubmissionResult, name: str) -> bool:
    """Whether a submission has a function right."""
    return any(function.state.is_right for function in submission.functions if function.name == name)


def make_link(student: str) -> StudentLink:
    """Link a student to the page."""
    return StudentLink(cut_text(student), quote(f"{STUDENTS_FOLDER}/{name_student_file(student)}.html"))


def link_students(students: tuple[str, ...]) -> tuple[StudentLink, ...]:
    """Link students to their pages."""
    return tuple(map(make_link, students))


def list_equal_answers(audit: Audit) -> Iterator[EqualAnswers]:
    """List the groups of submissions whose wrong answers are equal, those with the most such functions first."""
    wrong = {(submission.student, function.name): function for submission, function in audit.list_wrong()}
    count = Counter(name for _, name in wrong)
    groups: dict[tuple[str, ...], list[EqualFunction]] = {}
    for name, students in audit.same_answers:
        finding = wrong[students[0], name].finding
        words = describe_mistake(finding) if finding else ""
        equal = EqualFunction(cut_text(name), cut_text(words), count[name] - len(students))
        groups.setdefault(students, []).append(equal)
    for students, functions in sorted(groups.items(), key=lambda group: -len(group[1])):
        yield EqualAnswers(link_students(students), tuple(functions))


def list_class_notes(audit: Audit) -> Iterator[str]:
    """List the submissions that could not be run, and the notes of the others."""
    for submission in audit.submissions:
        said = [f"could not be run: {cut_text(submission.invalid)}"] if submission.invalid else []
        for note in (*said, *submission.notes):
            yield f"{cut_text(submission.student)}: {cut_text(note, MAX_NOTE_LENGTH)}"
