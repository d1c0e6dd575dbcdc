"""The content of a student's page, without markup."""

from collections.abc import Sequence
from dataclasses import dataclass

from gradcheck.escaping import MAX_NOTE_LENGTH, cut_text
from gradcheck.formatting import format_number
from gradcheck.records.audit import Audit, FunctionResult, Mark, SubmissionResult
from gradcheck.report.audit.answer import count_states
from gradcheck.report.audit.function_section import FunctionSection, build_section
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.whole_rows import fill_row
from gradcheck.report.content import NO_VALUE, Table

NOT_LOOKED_AT = "not examined"


@dataclass(frozen=True)
class StudentPage:
    """A student's page.

    answer: points and states, in a sentence.  invalid: why nothing could be run, "" otherwise.  table: functions and
    laws.  sections: the functions of which there is more to say.  unrun: those that were not run, a line each.  notes:
    what a reader must know.  basis: on what the figures stand.
    """

    assignment: str
    student: str
    answer: str
    invalid: str
    table: Table
    sections: tuple[FunctionSection, ...]
    unrun: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    basis: str = ""


def build_student_page(header: Audit, submission: SubmissionResult, show: Show) -> StudentPage:
    """Build the page of one submission.  header: the audit, in which the rows of others may be missing."""
    row = fill_row(header, submission)
    sections = [one for one in (build_section(f, show) for f in row.functions) if is_worth_showing(one)]
    unrun = [one for one in sections if is_unrun(one)]
    is_open = show is not Show.NONE
    return StudentPage(
        cut_text(header.assignment),
        cut_text(row.student),
        f"{format_number(row.points)} of {format_number(row.out_of)} points: {count_states(row.functions)}.",
        cut_text(row.invalid),
        tabulate_marks(row.functions),
        tuple(one for one in sections if one not in unrun),
        tuple(f"{one.name}: {one.reason}" for one in unrun if one.reason != cut_text(row.invalid)),
        tuple(cut_text(note, MAX_NOTE_LENGTH) for note in row.notes) if is_open else (),
        f"Checked with seed {header.seed} on {header.examples} cases." if show is Show.COUNTEREXAMPLE else "",
    )


def is_worth_showing(section: FunctionSection) -> bool:
    """Whether a section says more than the table does."""
    return bool(section.reason or section.found or section.unexamined or section.output)


def is_unrun(section: FunctionSection) -> bool:
    """Whether nothing of a function was run, so that a line says all."""
    is_bare = not (section.place or section.found or section.unexamined or section.output)
    return is_bare and not section.state.is_judged


def tabulate_marks(functions: Sequence[FunctionResult]) -> Table:
    """Tabulate functions and laws: the state and the points of each function, and what each law said of it."""
    marks = [list_marks(function) for function in functions]
    laws = tuple(dict.fromkeys(mark.law for row in marks for mark in row))
    rows = tuple(
        (
            cut_text(function.name),
            function.state,
            f"{format_number(function.points)} / {format_number(function.out_of)}",
            *(describe_marks([mark for mark in row if mark.law == law]) for law in laws),
        )
        for function, row in zip(functions, marks, strict=True)
    )
    return Table(("function", "state", "points", *map(cut_text, laws)), rows)


def list_marks(function: FunctionResult) -> tuple[Mark, ...]:
    """List the marks by law; of a function without, what each law said."""
    verdicts = function.result.verdicts if function.result else ()
    return function.marks or tuple(Mark(verdict.law, 0.0, 0.0, verdict.status) for verdict in verdicts)


def describe_marks(marks: Sequence[Mark]) -> str:
    """Describe the marks of one function for one law: passed (1 / 1)."""
    if not marks:
        return NO_VALUE
    points, out_of = sum(mark.points for mark in marks), sum(mark.out_of for mark in marks)
    counted = f" ({format_number(points)} / {format_number(out_of)})" if out_of else ""
    return f"{cut_text(marks[0].status) or NOT_LOOKED_AT}{counted}"
