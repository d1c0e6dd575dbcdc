"""What was named of labelled mistakes, as a report: targets, a table by cause, and every answer that is not right."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from report_format import FORMATS, Section, plain

Words = Callable[[str], str]


@dataclass(frozen=True)
class Seconds:
    """Seconds of CPU of a check: of finding what is wrong, of looking for the smallest case, and of explaining it."""

    finding: float
    shrinking: float
    explaining: float


@dataclass(frozen=True)
class Row:
    """What was said of one file.

    seconds: of the check.  causes: the labels that are right answers.  one_line: whether the mistake is in one line.
    claim: of the finding that is shown first; "" where nothing was found.  named: the name of its cause; "" where none
    is named.  patch: the edit that is offered, "" where there is none.  complaint: why it is wrong.
    """

    name: str
    seconds: Seconds
    causes: tuple[str, ...] = ()
    one_line: bool = False
    claim: str = ""
    named: str = ""
    patch: str = ""
    complaint: str = ""
    is_right: bool = False

    @property
    def label(self) -> str:
        """The usual name of the cause."""
        return self.causes[0] if self.causes else ""

    @property
    def is_named(self) -> bool:
        """Whether the cause that is named is a label."""
        return self.named in self.causes

    @property
    def is_misnamed(self) -> bool:
        """Whether another cause is named."""
        return bool(self.named) and not self.is_named

    @property
    def has_right_patch(self) -> bool:
        """Whether a patch is offered that passes."""
        return bool(self.patch) and not self.complaint


@dataclass(frozen=True)
class Results:
    """The rows of all files that were checked.  complete: False where the benchmark was interrupted."""

    rows: tuple[Row, ...]
    examples: int
    seed: int
    complete: bool

    @property
    def wrong(self) -> list[Row]:
        """The rows of mistakes."""
        return [row for row in self.rows if not row.is_right]

    @property
    def right(self) -> list[Row]:
        """The rows of right files."""
        return [row for row in self.rows if row.is_right]


def render_results(results: Results, form: str) -> str:
    """Write the report in one of FORMATS."""
    shown, title, heading = (str, "# ", "## ") if form == "markdown" else (plain, "", "")
    parts = [f"{title}Causes named of labelled mistakes", shown(answer(results))]
    for section in sections(results):
        rows = [[shown(cell) for cell in row] for row in section.rows]
        parts += [f"{heading}{section.title}", shown(section.words)]
        parts += [tabulate(rows, list(section.headings), tablefmt=FORMATS[form], disable_numparse=True)] if rows else []
    return "\n\n".join(part for part in parts if part)


def answer(results: Results) -> str:
    """The totals in words."""
    wrong = results.wrong
    causes = len({row.label for row in wrong})
    caught = sum(bool(row.claim) for row in wrong)
    begun = "" if results.complete else "Interrupted; until then: "
    return (
        f"{begun}{len(wrong)} mistakes with {causes} causes in {len(results.right)} programs, {results.examples} cases "
        f"each (seed {results.seed}): {caught} caught. Of the finding that is shown first, the cause that is named is "
        f"the label for {count(wrong, 'is_named')}, another one for {count(wrong, 'is_misnamed')}; none is named for "
        f"{sum(not row.named for row in wrong)}. {sum(bool(row.claim) for row in results.right)} right programs are "
        "accused."
    )


def count(rows: Sequence[Row], what: str) -> int:
    """Count the rows that have a property."""
    return sum(getattr(row, what) for row in rows)


def sections(results: Results) -> Iterator[Section]:
    """Yield the parts of the report."""
    wrong = results.wrong
    yield Section("Targets", "", ("claim", "wanted", "measured", "met"), list(judge_targets(results)))
    yield Section("By cause", "", HEADINGS, [summarise_cause(*item) for item in group_by_cause(wrong).items()])
    for title, chosen in (
        ("Named wrong", [row for row in wrong if row.is_misnamed]),
        ("No cause", [row for row in wrong if row.claim and not row.named]),
        ("Not caught", [row for row in wrong if not row.claim]),
    ):
        if chosen:
            yield Section(title, "", ("program", "label", "named", "claim"), [describe(row) for row in chosen])
    if bad := [row for row in wrong if row.complaint]:
        rows = [(row.name, row.label, f"`{row.patch}`", row.complaint) for row in bad]
        yield Section("Wrong patches", "", ("program", "label", "patch", "after it"), rows)
    if accused := [row for row in results.right if row.claim]:
        yield Section("Right programs accused", "", ("program", "claim"), [(row.name, row.claim) for row in accused])


def describe(row: Row) -> tuple[str, str, str, str]:
    """The cells of a mistake that was not named right."""
    return row.name, ", ".join(row.causes), row.named, row.claim


HEADINGS = ("cause", "mistakes", "named right", "no cause", "named wrong", "in one line", "patch right", "patch wrong")


def group_by_cause(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Group mistakes by the usual name of their cause, in the order in which these are met."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.label, []).append(row)
    return groups


def summarise_cause(cause: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """The cells of a cause in the table."""
    others = Counter(row.named for row in rows if row.is_misnamed)
    one_line = [row for row in rows if row.one_line]
    counts = (
        len(rows),
        count(rows, "is_named"),
        sum(not row.named for row in rows),
        ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in others.items()),
        len(one_line),
        count(rows, "has_right_patch"),
        sum(bool(row.complaint) for row in rows),
    )
    return (cause, *("" if cell in (0, "") else str(cell) for cell in counts))


def judge_targets(results: Results) -> Iterator[tuple[str, str, str, str]]:
    """Yield claim, bound, figure and verdict of each target."""
    wrong = results.wrong
    one_line = [row for row in wrong if row.one_line]
    finding = sum(row.seconds.finding for row in wrong)
    shrinking = sum(row.seconds.shrinking for row in wrong)
    explaining = sum(row.seconds.explaining for row in wrong)
    spent_on_right = sum(row.seconds.explaining for row in results.right)
    yield judge_share("cause named right", count(wrong, "is_named"), len(wrong), at_least=0.95)
    yield judge_share("cause named wrong", count(wrong, "is_misnamed"), len(wrong), at_most=0.01)
    yield judge_share(
        "right patch for a mistake in one line", count(one_line, "has_right_patch"), len(one_line), at_least=0.60
    )
    yield judge_share("patch that fails a case", sum(bool(row.complaint) for row in wrong), len(wrong), at_most=0.0)
    ratio = explaining / finding if finding else 0.0
    yield (
        "explaining, beside finding",
        "at most ×2",
        f"×{ratio:.2f} ({finding:.0f} s finding, {shrinking:.0f} s shrinking, {explaining:.0f} s explaining)",
        say_met(ratio <= 2),
    )
    yield "explaining right code", "none", f"{spent_on_right:.2f} s", say_met(spent_on_right == 0)


def judge_share(
    claim: str, part: int, whole: int, at_least: float = 0.0, at_most: float = 1.0
) -> tuple[str, str, str, str]:
    """The cells of a target for a share."""
    share = part / whole if whole else 0.0
    wanted = f"at least {at_least:.0%}" if at_least else f"at most {at_most:.0%}" if at_most else "none"
    return claim, wanted, f"{share:.1%} ({part} of {whole})", say_met(at_least <= share <= at_most)


def say_met(is_met: bool) -> str:
    """The verdict on a target in a word."""
    return "met" if is_met else "**missed**"
