"""What a student is told of one function, by how much students are shown."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from gradcheck.causes.catalogue import load_catalogue
from gradcheck.escaping import cut_text
from gradcheck.formatting import format_number, pluralise
from gradcheck.records.audit import FunctionResult, FunctionState, describe_broken_law
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import UNDECIDED_STATUSES
from gradcheck.report.audit.show import Show
from gradcheck.report.content import (
    Block,
    FoldedFinding,
    build_folded_block,
    describe_not_checked,
    explain_verdicts,
    fold_findings,
    write_place,
)

MAX_OUTPUT_LENGTH, MAX_OUTPUT_LINES = 2000, 10
"""Characters and lines of what a function printed that a page shows."""
TO_THE_DECLARER = ", say so: "
"""What stands in a hint for who declared the op, which is the teacher and not the student."""
STATES_WITH_OPEN_REASON = frozenset(FunctionState) - {FunctionState.WRONG, FunctionState.UNJUDGED}
"""States whose reason tells nothing of a case."""


@dataclass(frozen=True)
class LawBlock:
    """What a law found, as a block."""

    law: str
    block: Block


@dataclass(frozen=True)
class FunctionSection:
    """What a page says of a function.

    place: file and line, "" where not known.  reason: why its state is what it is.  found: what is wrong.  unexamined:
    what was not looked at, with the reason.  output: what it printed.
    """

    name: str
    state: FunctionState
    points: str
    place: str = ""
    reason: str = ""
    found: tuple[LawBlock, ...] = ()
    unexamined: tuple[str, ...] = ()
    output: str = ""


def build_section(function: FunctionResult, show: Show) -> FunctionSection:
    """Build the section of a function, of what a student is shown."""
    points = f"{format_number(function.points)} of {format_number(function.out_of)}"
    section = FunctionSection(cut_text(function.name), function.state, points)
    if show is Show.NONE:
        return section
    place = write_place(cut_text(function.file), function.line) if function.file else ""
    section = replace(section, place=place, found=tuple(list_law_blocks(function, show)))
    if show is Show.HINT:
        told = function.reason if function.state in STATES_WITH_OPEN_REASON else ""
        return replace(section, reason=cut_text(told), unexamined=tuple(list_names_left_out(function)))
    variant = f"It follows an accepted convention: {function.variant}." if function.variant else ""
    return replace(
        section,
        reason=" ".join(filter(None, [cut_text(function.reason), cut_text(variant)])),
        unexamined=tuple(explain_left_out(function)),
        output=cut_lines(cut_text(function.output, MAX_OUTPUT_LENGTH)),
    )


def cut_lines(text: str) -> str:
    """Cut a text after its first lines, and say how many more there are."""
    lines = text.splitlines()
    more = len(lines) - MAX_OUTPUT_LINES
    return "\n".join([*lines[:MAX_OUTPUT_LINES], f"… ({pluralise(more, 'more line')})"]) if more > 0 else text


def list_law_blocks(function: FunctionResult, show: Show) -> Iterator[LawBlock]:
    """List what is wrong, the worst first, each with what follows from it."""
    folded = fold_findings(relocate_finding(finding, function) for finding in function.findings)
    for one in sorted(folded, key=lambda one: one.finding.status.severity):
        hinted = show is Show.HINT
        yield LawBlock(one.finding.law, build_hint(one.finding) if hinted else build_full_block(one, function))


def build_full_block(folded: FoldedFinding, function: FunctionResult) -> Block:
    """Build the block with all that is known; its code calls forward and backward as the student wrote them."""
    script = function.result.script if function.result else None
    return build_folded_block(folded, None, None, script)


def build_hint(finding: Finding) -> Block:
    """Build the block that names the mistake, by the title of its page, without a number of the case."""
    page = load_catalogue().get(finding.cause_name)
    hints = [f"hint: {cut_text(finding.hint)}"] if is_open_hint(finding) else []
    more = [f"more: gradcheck explain {page.name}"] if page else []
    title = f"{cut_text(finding.op)}: {cut_text(describe_broken_law(finding))}"
    return Block(title, (*hints, *more), cause=page.title if page else "")


def is_open_hint(finding: Finding) -> bool:
    """Whether a hint tells no number, and repeats no message of the code."""
    is_told = bool(finding.hint) and finding.kind is not FindingKind.RAISED
    return is_told and not any(character.isdigit() for character in finding.hint)


def relocate_finding(finding: Finding, function: FunctionResult) -> Finding:
    """Return a finding as a student reads it: its files named as in the submission, without a hint for who declared the
    op."""
    file = name_file(finding.file, function)
    patch = finding.patch and replace(finding.patch, file=name_file(finding.patch.file, function))
    hint = "" if TO_THE_DECLARER in finding.hint else finding.hint
    return replace(finding, file=file, patch=patch, hint=hint)


def name_file(file: str, function: FunctionResult) -> str:
    """Name a file as in the submission: by the path of the function's file where it is that, else by its last part."""
    is_own = bool(function.file) and f"/{PurePath(file).as_posix()}".endswith(f"/{function.file}")
    return function.file if is_own else PurePath(file).name


def list_names_left_out(function: FunctionResult) -> Iterator[str]:
    """List what was not examined by name alone."""
    if laws := [mark.law for mark in function.marks if not mark.status]:
        yield f"laws: {', '.join(map(cut_text, laws))}"
    if function.result:
        yield from (cut_text(part.name) for part in function.result.not_checked if part.name.isidentifier())
        yield from ["the check was interrupted"] * (not function.result.complete)


def explain_left_out(function: FunctionResult) -> Iterator[str]:
    """List what was not examined, with the reasons.  A law that examined some cases and abstained in others is none of
    it."""
    if laws := [mark.law for mark in function.marks if not mark.status]:
        yield f"laws: {', '.join(map(cut_text, laws))}"
    if function.result:
        yield from map(describe_not_checked, function.result.not_checked)
        yield from explain_verdicts([v for v in function.result.verdicts if v.status in UNDECIDED_STATUSES])
        yield from ["the check was interrupted"] * (not function.result.complete and not function.reason)
