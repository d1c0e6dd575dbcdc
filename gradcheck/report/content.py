"""The content of a report: a Run as an answer, a table, blocks and notes, without markup.

What comes from user code is cut here; its characters are escaped by the renderers, each for its format.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote

from gradcheck.checking.baseline import Comparison, ErrorChange, ErrorComparison, OpChange
from gradcheck.declaration.origin import NotChecked, Script
from gradcheck.escaping import MAX_NOTE_LENGTH, cut_text
from gradcheck.formatting import format_apart, format_number, pluralise
from gradcheck.laws.registry import measuring_laws
from gradcheck.records import failing_cases
from gradcheck.records.difference_map import DifferenceMap
from gradcheck.records.evidence import Evidence, Witness
from gradcheck.records.patch import Patch
from gradcheck.records.results import Finding, FindingKind, OpResult, Run, Verdict, is_test_id
from gradcheck.records.searched import Searched
from gradcheck.records.status import FAILING_STATUSES, Status
from gradcheck.report.answer import compose_answer, compose_comparison_answer, list_names
from gradcheck.report.counterexample import write_counterexample

WITNESS_COLUMNS = (Witness.AUTODIFF.value, Witness.DIFFERENCES.value, Witness.COMPLEX_STEP.value)
"""The witnesses that every report has a column for."""
NO_VALUE = "–"
BESIDE_TITLE = "Beside the baseline"
UNPAIRED_PLACES = {OpChange.GONE: "in the baseline alone", OpChange.NEW: "not in the baseline"}
"""Where an op is that one of two runs has."""
SMALLEST_SHARE = 2.0**-56
"""The share of a number below which an error bar is far below its last digit."""


@dataclass(frozen=True)
class Table:
    """Headings, and rows of cells.  expendable: the headings of columns that a narrow screen leaves out, in this
    order.  cut_last: those of columns whose cells are cut only where the others are as short as can be."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    expendable: tuple[str, ...] = ()
    cut_last: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeChange:
    """A patch as a report shows it.  place: the file and the line, and where the line goes, if it is moved.  tried: in
    how many cases it was right."""

    place: str
    before: str
    after: str
    tried: str


@dataclass(frozen=True)
class Block:
    """One finding: its claim, lines that explain it, Python that shows it, and the command that runs it again.

    cause: the mistake in words, above all lines.  change: the edit that corrects it, None where none is known.
    picture: the wrong array beside the expected one, None where numbers speak for themselves.  evidence: the figures of
    the witnesses, which `lines` says in words.
    """

    title: str
    lines: tuple[str, ...] = ()
    code: str = ""
    replay: str = ""
    cause: str = ""
    change: CodeChange | None = None
    picture: DifferenceMap | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Report:
    """The whole report, the answer first.  searched: what the cases looked at, "" where there was no case.
    searched_by_op: a line for each op.  not_checked: what was found and not checked, each with its reason.
    failures: findings that fail an op.  warnings: those that do not, beside which it holds.  others: the other
    findings.  regressions: errors that grew since the baseline.  beside: what else differs from it."""

    answer: str
    table: Table
    searched: str = ""
    searched_by_op: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
    failures: tuple[Block, ...] = ()
    warnings: tuple[Block, ...] = ()
    others: tuple[Block, ...] = ()
    regressions: Table | None = None
    beside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sections(self) -> tuple[tuple[str, tuple[Block, ...]], ...]:
        """The findings under their titles, the worst first; without empty ones."""
        titles = ("Failures", "Warnings", "Not failures, but worth a look")
        return tuple((t, b) for t, b in zip(titles, (self.failures, self.warnings, self.others), strict=True) if b)


def build_report(
    run: Run, comparison: Comparison | None = None, folder: Path = failing_cases.FAILING_CASES_FOLDER
) -> Report:
    """Build the report of a run.  folder: where its failing cases are saved."""
    blocks = [
        (one.finding.status, build_folded_block(one, r.target, folder, r.script))
        for r in run.results
        for one in fold_findings(r.findings)
    ]
    regressions = comparison.regressions if comparison else ()
    return Report(
        answer=" ".join([compose_answer(run), *([compose_comparison_answer(comparison)] if comparison else [])]),
        table=build_summary_table(run),
        searched=describe_searched(run),
        searched_by_op=tuple(f"{cut_text(r.label)}: {r.searched}" for r in run.results if r.cases),
        not_checked=tuple(describe_not_checked(part) for part in run.unchecked_parts),
        failures=tuple(block for status, block in blocks if status in FAILING_STATUSES),
        warnings=tuple(block for status, block in blocks if status is Status.WARNING),
        others=tuple(block for status, block in blocks if status not in {*FAILING_STATUSES, Status.WARNING}),
        regressions=tabulate_changes(regressions) if regressions else None,
        beside=tuple(describe_comparison(comparison)) if comparison else (),
        notes=tuple(collect_notes(run)),
    )


def describe_searched(run: Run) -> str:
    """Describe what the cases of a run looked at; "" where there was no case."""
    examined = [result for result in run.results if result.cases]
    if not examined:
        return ""
    unknown = [cut_text(result.label) for result in examined if not result.searched.lines]
    said = f"Searched: {Searched.join(result.searched for result in examined)}"
    apart = bool(unknown) and len(unknown) < len(examined)
    return said + f" (no lines to look at in {list_names(unknown)})" * apart + "."


def describe_not_checked(part: NotChecked) -> str:
    """Describe something that was not checked, with its reason."""
    return f"{cut_text(part.name)}: {cut_text(part.reason)}"


def build_summary_table(run: Run) -> Table:
    """Build the table of the ops, a row for each."""
    others = {w for r in run.results for w in find_worst_errors(r)} - set(WITNESS_COLUMNS)
    witnesses = (*WITNESS_COLUMNS, *sorted(others))
    headings = ("op", "status", "cases", "shapes", *witnesses, "tightest")
    expendable = ("shapes", "tightest", *sorted(others), *reversed(WITNESS_COLUMNS), "cases")
    return Table(headings, tuple(build_summary_row(r, witnesses) for r in run.results), expendable)


def build_summary_row(result: OpResult, witnesses: Sequence[str]) -> tuple[str, ...]:
    """Build the row of an op: its largest relative error by witness, and its largest |difference| / allowed."""
    errors = find_worst_errors(result)
    figures = [f"{errors[w]:.1e}" if w in errors else NO_VALUE for w in witnesses]
    judged = [v.tightest for v in result.verdicts if v.examined]
    tightest = f"{max(judged):.2g}" if judged else NO_VALUE
    return cut_text(result.label), result.status, str(result.cases), str(result.shapes), *figures, tightest


def find_worst_errors(result: OpResult) -> dict[str, float]:
    """Find the largest relative error of the gradient by witness, over all inputs."""
    worst: dict[str, float] = {}
    for key, error in result.errors.items():
        worst[key.witness] = max(worst.get(key.witness, 0.0), error)
    return worst


@dataclass(frozen=True)
class FoldedFinding:
    """A finding, and those that follow from it."""

    finding: Finding
    followers: tuple[Finding, ...] = ()


def fold_findings(findings: Iterable[Finding]) -> list[FoldedFinding]:
    """Return the findings of an op that follow from none of the others, those about finite numbers first, each with
    what follows from it."""
    listed = sorted(findings, key=lambda f: f.kind in (FindingKind.NOT_FINITE, FindingKind.RAISED))
    roots = [f for f in listed if not f.follows]
    followers: dict[int, list[Finding]] = defaultdict(list)
    alone: list[Finding] = []
    for finding in listed:
        if finding.follows:
            found = next((i for i, root in enumerate(roots) if root.law == finding.follows), None)
            (alone if found is None else followers[found]).append(finding)
    folded = [FoldedFinding(root, tuple(followers[i])) for i, root in enumerate(roots)]
    return [*folded, *map(FoldedFinding, alone)]


def build_folded_block(
    folded: FoldedFinding, target: str | None, folder: Path | None, script: Script | None = None
) -> Block:
    """Build the block of a finding, with a line for each that follows from it.  folder: where its case is saved,
    None where it is not."""
    file = failing_cases.build_case_path(folded.finding, folder) if folder else None
    block = build_block(folded.finding, target, file, script)
    return replace(block, lines=(*block.lines, *map(describe_follower, folded.followers)))


def describe_follower(finding: Finding) -> str:
    """Describe, in one line, a finding that follows from the one before it."""
    law = "" if finding.claim.startswith(finding.law) else f"{finding.law}: "
    return f"also: {law}{cut_text(finding.claim)}"


def build_block(
    finding: Finding, target: str | None = None, file: Path | None = None, script: Script | None = None
) -> Block:
    """Build the block of one finding.  target: where its op is found, or the id of a test.  file: where its case
    is saved.  script: how the op is called where no target names it."""
    status = f" ({finding.status})" if finding.status is not Status.FAILED else ""
    code = write_counterexample(finding, None if is_test_id(target) else target, file, script)
    return Block(
        f"{cut_text(finding.op)}: {cut_text(finding.claim)}{status}",
        tuple(format_explanation(finding)),
        code,
        format_replay_command(target, file),
        cut_text(finding.cause),
        build_code_change(finding.patch) if finding.patch else None,
        finding.picture,
        finding.evidence,
    )


def build_code_change(patch: Patch) -> CodeChange:
    """Build what a report shows of a patch."""
    place = f"{cut_text(shorten_path(patch.file))}:{patch.line}" + (f", moved {patch.moved}" if patch.moved else "")
    return CodeChange(
        place, cut_text(patch.before), cut_text(patch.after), f"right in {pluralise(patch.cases, 'case')}"
    )


def format_replay_command(target: str | None, file: Path | None) -> str:
    """Format the command that checks a saved case again; a test checks it first whenever it runs."""
    if target and is_test_id(target):
        return f"pytest {quote(target)}"
    words = [word for word in (shorten_path(str(file)), target) if word] if file else []
    options_end = ["--"] * any(word.startswith("-") for word in words)
    return " ".join(["gradcheck", "replay", *options_end, *map(quote, words)]) if words else ""


def format_explanation(finding: Finding) -> Iterator[str]:
    """Write the hint, where more is said of the cause, the law, the witnesses, and the place in the source."""
    if finding.hint:
        yield f"hint: {cut_text(finding.hint)}"
    if finding.cause_name:
        yield f"more: gradcheck explain {cut_text(finding.cause_name)}"
    yield f"law: {finding.law}"
    if finding.kept:
        yield "found on: a case kept from an earlier run; no generated case shows it"
    if finding.unshrunk:
        yield f"case: {finding.unshrunk}"
    if finding.follows:
        yield f"follows from: {finding.follows}"
    yield from format_evidence(finding.evidence)
    if finding.file:
        yield f"source: {write_place(cut_text(shorten_path(finding.file)), finding.line)}"


def format_evidence(evidence: Sequence[Evidence]) -> Iterator[str]:
    """Write what the witnesses expect: in one line where all of them speak of one number, else in a line for each."""
    if len({e.claimed for e in evidence}) == 1:
        yield "witnesses: " + ", ".join(
            f"{name_witness(e)} {format_expected_value(e)}{' (agrees)' * e.agrees}" for e in evidence
        )
    else:
        yield from (format_witness(e) for e in evidence)


def name_witness(evidence: Evidence) -> str:
    """Name a witness."""
    return "the op itself" if evidence.witness == Witness.OP else evidence.witness


def format_expected_value(evidence: Evidence) -> str:
    """Format the value that a witness expects, and its error where that is known and no smaller than the last digit of
    what is compared."""
    _, expected = format_apart(evidence.claimed, evidence.expected, evidence.error)
    size = max(abs(evidence.claimed), abs(evidence.expected))
    told = math.isfinite(evidence.error) and evidence.error > SMALLEST_SHARE * size
    return f"{expected} ± {evidence.error:.0e}" if told and math.isfinite(size) else expected


def format_witness(evidence: Evidence) -> str:
    """Format what one witness expects and found along its own direction, and whether it agrees with the op."""
    agrees = "agrees" if evidence.agrees else "disagrees"
    along = "" if evidence.witness in (Witness.AUTODIFF, Witness.OP) else ", along its own direction"
    values = f"{format_expected_value(evidence)} expected, {format_number(evidence.claimed)} found{along}"
    return f"witness: {name_witness(evidence)}: {values} ({agrees})"


def shorten_path(file: str) -> str:
    """Make a path relative to the current folder, where it is below it."""
    path = Path(file)
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else file


def write_place(file: str, line: int) -> str:
    """Write where code stands: "layers.py:3", or of a notebook "homework.ipynb, cell 2, line 3"."""
    return f"{file}, line {line}" if ".ipynb, cell " in file else f"{file}:{line}"


def tabulate_changes(rows: Sequence[ErrorComparison]) -> Table:
    """Tabulate the errors of two runs side by side."""
    cells = (
        (cut_text(r.op), cut_text(str(r.key)), *map(format_relative_error, (r.before, r.after)), r.change) for r in rows
    )
    return Table(("op", "gradient and witness", "before", "after", "change"), tuple(cells), ("change",))


def format_relative_error(error: float | None) -> str:
    """Format an error in two digits."""
    return NO_VALUE if error is None else f"{error:.1e}"


def describe_comparison(comparison: Comparison, option: str = "--allow-") -> Iterator[str]:
    """Describe what became of the ops since the baseline, which errors are new, the environment and the rule.

    option: how the options begin that allow ops to be missing or new.
    """
    if comparison.apart:
        yield cut_text(comparison.apart)
        return
    labels: dict[OpChange, list[str]] = defaultdict(list)
    for label, change in comparison.op_changes.items():
        labels[change].append(cut_text(label))
    for change in OpChange:
        if labels[change] and change not in (OpChange.SAME, OpChange.NOT_COMPARABLE):
            yield f"{change}: {list_names(sorted(labels[change]))}{advise_on_change(change, comparison, option)}"
    yield from (f"{OpChange.NOT_COMPARABLE}: {cut_text(reason)}" for reason in comparison.incomparable.values())
    if comparison.environment:
        yield f"the baseline was measured with {'; '.join(map(cut_text, comparison.environment))}"
    yield from map(cut_text, comparison.rules.describe(comparison.op_changes.keys()))
    yield from describe_additions(comparison)


def advise_on_change(change: OpChange, comparison: Comparison, option: str) -> str:
    """Say in brackets what to do about ops of one change; "" where there is nothing to say."""
    if change is OpChange.IMPROVED:
        return f" ({comparison.allowed.get('improved', 'renew the baseline, lest it grow back unseen')})"
    if change not in UNPAIRED_PLACES:
        return ""
    place = "missing" if change is OpChange.GONE else "new"
    advice = comparison.allowed.get(place) or f"renew the baseline, or allow it with {option}{place}"
    return f" ({UNPAIRED_PLACES[change]}; {advice})"


def describe_additions(comparison: Comparison) -> Iterator[str]:
    """Describe the errors that are measured now and were not before, a line for each op."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in comparison.changed(ErrorChange.NEW):
        names[cut_text(row.op)].append(cut_text(str(row.key)))
    yield from (f"{op}: measured now, and not in the baseline: {'; '.join(new)}" for op, new in names.items())


def collect_notes(run: Run) -> Iterator[str]:
    """Collect the notes of a report: reasons, exceptions, and the ops that not all witnesses examined."""
    for result in run.results:
        label = cut_text(result.label)
        yield from (f"{label}: {line}" for line in collect_op_notes(result))
    yield from describe_silent_witnesses(run.results)


def collect_op_notes(result: OpResult) -> Iterator[str]:
    """Collect the notes on one op: how it was examined, and the reasons of its verdicts."""
    yield from (cut_text(note, MAX_NOTE_LENGTH) for note in result.notes)
    yield from explain_verdicts(result.verdicts)
    yield from describe_abstentions(result.verdicts)


def describe_silent_witnesses(results: Sequence[OpResult]) -> Iterator[str]:
    """Say of which gradients not all witnesses spoke, the ops with the same witnesses together."""
    by_words: dict[str, list[str]] = defaultdict(list)
    for result in results:
        measured = [v for v in result.verdicts if v.law in measuring_laws() and v.status is not Status.INAPPLICABLE]
        if measured and not set(WITNESS_COLUMNS) <= set(result.witnesses):
            silent = "no witness measured an error" if any(v.examined for v in measured) else "no witness spoke"
            who = f"only {' and '.join(result.witnesses)} spoke" if result.witnesses else silent
            by_words[who].append(cut_text(result.label))
    yield from (f"{who} of the gradient: {', '.join(ops)}" for who, ops in sorted(by_words.items()))


def describe_abstentions(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Say how many cases each law examined that abstained in some, and the commonest reason."""
    for verdict in verdicts:
        if verdict.abstained and verdict.examined and verdict.abstained_reason not in verdict.reason:
            cases = verdict.examined + verdict.abstained
            examined = f"{verdict.law}: {verdict.examined} of {cases} cases examined"
            yield f"{examined}; in the others {cut_text(verdict.abstained_reason)}"


def explain_verdicts(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Explain the verdicts of laws without findings by their reasons, the laws of one reason together."""
    laws: dict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
        excused = verdict.status is Status.INAPPLICABLE
        if verdict.reason and not verdict.findings and (not excused or verdict.departs_lawfully):
            state = "not asked" if excused else verdict.status
            laws[f"{state}: {cut_text(verdict.reason)}"].append(verdict.law)
    yield from (f"{', '.join(names)} {reason}" for reason, names in laws.items())
