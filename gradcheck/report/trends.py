"""Trends: how the errors of each op went from run to run, by witness, as a table, and as small plots in SVG."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from xml.etree import ElementTree as xml

from gradcheck.checking.baseline import ErrorComparison, list_environment_changes
from gradcheck.escaping import MAX_TEXT_LENGTH, cut_text, escape_unprintable
from gradcheck.formatting import pluralise
from gradcheck.records.evidence import ALL_INPUTS, ErrorKey
from gradcheck.records.history import History, HistoryEntry
from gradcheck.report.content import NO_VALUE, Table, format_relative_error
from gradcheck.report.heat_map import BARS, ODD_MARKS, ZERO_MARK

MAX_SHOWN_RUNS = 40
"""Runs that a trend shows, the last of a history."""
LEAST_DECADES = 3
"""Powers of ten that the bars of a trend span at least, lest rounding look like a change."""
BREAK_MARK = "|"
CELL_WIDTH, CELL_HEIGHT, CELL_MARGIN, CELLS_IN_ROW = 220, 130, 34, 4
LEGEND_WIDTH, LEGEND_HEIGHT = 140, 24
LOWEST_DECADE, HIGHEST_DECADE = -17, 1
LINE_STYLES = (("#0969da", ""), ("#cf222e", "6 5"), ("#1a7f37", "1 4"), ("#9a6700", "9 4 1 4"), ("#8250df", "3 4"))
"""The colour of the line of each witness, and its dashes, which tell it without colour."""


@dataclass(frozen=True)
class Trend:
    """The errors of one op by one witness, run by run, None where it was not measured.  cases: the digest of the pinned
    cases of each: errors on other cases are not comparable."""

    op: str
    witness: str
    errors: tuple[float | None, ...]
    cases: tuple[str, ...]

    @property
    def comparable(self) -> tuple[float, ...]:
        """The errors on the cases of the last run that measured one."""
        measured = [(error, cases) for error, cases in zip(self.errors, self.cases, strict=True) if error is not None]
        return tuple(error for error, cases in measured if cases == measured[-1][1])

    @property
    def comparison(self) -> ErrorComparison:
        """The first and the last of the errors that are comparable."""
        first, *_, last = self.comparable * 2
        return ErrorComparison(self.op, ErrorKey(ALL_INPUTS, self.witness), first, last)


def list_shown_entries(history: History) -> Sequence[HistoryEntry]:
    """List the runs that are shown, the last ones."""
    return history.entries[-MAX_SHOWN_RUNS:]


def list_trends(history: History, ops: Collection[str] = ()) -> list[Trend]:
    """List the trends of the named ops, of all where none is named, by op and witness."""
    entries = list_shown_entries(history)
    keys = {(op, witness) for entry in entries for op, record in entry.ops.items() for witness in record.errors}
    return [
        Trend(
            op,
            witness,
            tuple(e.ops[op].errors.get(witness) if op in e.ops else None for e in entries),
            tuple(e.ops[op].cases if op in e.ops else "" for e in entries),
        )
        for op, witness in sorted(keys)
        if not ops or op in ops
    ]


def tabulate_trends(history: History, ops: Collection[str] = ()) -> Table:
    """Tabulate the trends, each as a line of bars between its first and last error."""
    breaks = {number for number, _ in list_environment_breaks(history)}
    rows = tuple(
        (
            cut_text(t.op),
            cut_text(t.witness),
            draw_sparkline(t, breaks),
            format_relative_error(t.comparison.before),
            format_relative_error(t.comparison.after),
            t.comparison.change.value,
        )
        for t in list_trends(history, ops)
    )
    return Table(("op", "witness", "trend", "first", "last", "change"), rows, ("first", "last"))


def draw_sparkline(trend: Trend, breaks: Collection[int]) -> str:
    """Draw a trend on a scale of powers of ten, a bar for each run; a mark stands before a run that is not comparable
    with the one before, in its versions or its cases.  breaks: the numbers of the runs with other versions."""
    finite = [math.log10(e) for e in trend.errors if e is not None and 0 < e < math.inf]
    low = min(finite, default=0.0)
    span = max(max(finite, default=0.0) - low, LEAST_DECADES)
    drawn = ""
    known = ""
    for i, (error, cases) in enumerate(zip(trend.errors, trend.cases, strict=True)):
        moved = bool(known and cases and known != cases)
        known = cases or known
        drawn += BREAK_MARK * (moved or i in breaks) + draw_bar(error, low, span)
    return drawn


def draw_bar(error: float | None, low: float, span: float) -> str:
    """Draw one error; a dash where it was not measured."""
    if error is None:
        return NO_VALUE
    if not math.isfinite(error):
        return ODD_MARKS[str(error)]
    if not error:
        return ZERO_MARK
    return BARS[round((math.log10(error) - low) / span * (len(BARS) - 1))]


def list_environment_breaks(history: History) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the number of each shown run whose versions are not those of the one before, and which they are."""
    for i, (before, after) in enumerate(pairwise(list_shown_entries(history)), 1):
        if changes := tuple(list_environment_changes(before.environment, after.environment)):
            yield i, changes


def list_moved_cases(history: History) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the number of each shown run in which the pinned cases of ops changed, and which ops."""
    known: dict[str, str] = {}
    for i, entry in enumerate(list_shown_entries(history)):
        moved = tuple(op for op, record in entry.ops.items() if known.get(op, record.cases) != record.cases)
        known.update({op: record.cases for op, record in entry.ops.items()})
        if moved:
            yield i, moved


def describe_history(history: History) -> str:
    """Describe which runs are shown."""
    entries = list_shown_entries(history)
    if not entries:
        return "No run is in the history."
    told = f"{pluralise(len(entries), 'run')}, {name_entry(entries[0])} to {name_entry(entries[-1])}"
    left = len(history.entries) - len(entries)
    return told + f"; {left} before are not shown" * bool(left) + "."


def name_entry(entry: HistoryEntry) -> str:
    """Name a run by its date, and its commit where that is known."""
    changed = "+" * entry.commit.endswith("+")
    commit = f" {entry.commit[:8].removesuffix('+')}{changed}" if entry.commit else ""
    return escape_unprintable(f"{entry.time[:10]}{commit}")


def describe_breaks(history: History) -> Iterator[str]:
    """Yield what changed beside the errors, a line for each run, and the lines of the file that are broken."""
    entries = list_shown_entries(history)
    for i, changes in list_environment_breaks(history):
        yield f"run {i + 1}, {name_entry(entries[i])}: {'; '.join(map(cut_text, changes))}"
    for i, moved in list_moved_cases(history):
        named = ", ".join(map(cut_text, moved[:8])) + f" and {len(moved) - 8} more" * (len(moved) > 8)
        yield f"run {i + 1}, {name_entry(entries[i])}: other pinned cases of {named}"
    yield from map(cut_text, history.broken)


def draw_trends(history: History, ops: Collection[str] = ()) -> str:
    """Draw the trends as SVG: a small plot for each op on one scale of powers of ten, a line for each witness, and a
    line across where the versions changed.  Colours of text and axes are those of the page around it.

    ops: those that are drawn, all where none is named.
    """
    trends = {op: list(found) for op, found in groupby(list_trends(history, ops), lambda trend: trend.op)}
    rows = -(-len(trends) // CELLS_IN_ROW)
    witnesses = list_witnesses(trends.values())
    width = max(min(len(trends), CELLS_IN_ROW) * CELL_WIDTH, len(witnesses) * LEGEND_WIDTH)
    height = rows * CELL_HEIGHT + LEGEND_HEIGHT
    size = {"viewBox": f"0 0 {width} {height}", "width": f"{width}", "height": f"{height}"}
    style = {"font-family": "sans-serif", "font-size": "10", "fill": "currentColor"}
    root = xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "role": "img", **style})
    xml.SubElement(root, "title").text = f"Relative errors from run to run. {describe_history(history)}"
    add_legend(root, witnesses)
    for i, (op, found) in enumerate(trends.items()):
        across, down = i % CELLS_IN_ROW * CELL_WIDTH, i // CELLS_IN_ROW * CELL_HEIGHT + LEGEND_HEIGHT
        cell = xml.SubElement(root, "g", {"transform": f"translate({across} {down})"})
        add_cell(cell, op, found, witnesses, history)
    return xml.tostring(root, encoding="unicode") + "\n"


def list_witnesses(groups: Collection[Sequence[Trend]]) -> list[str]:
    """List the witnesses of some trends."""
    return sorted({trend.witness for trends in groups for trend in trends})


def add_legend(root: xml.Element, witnesses: Sequence[str]) -> None:
    """Add which line is that of which witness."""
    for i, witness in enumerate(witnesses):
        across = 4 + LEGEND_WIDTH * i
        add_line(root, [[(across, 10), (across + 20, 10)]], i)
        add_label(root, across + 24, 13, witness)


def add_cell(cell: xml.Element, op: str, trends: Sequence[Trend], witnesses: Sequence[str], history: History) -> None:
    """Add the plot of one op: its name, its axis, where versions changed, and a line for each witness."""
    add_label(cell, CELL_MARGIN, 10, op)
    for decade in (-16, -8, 0):
        up = find_height(10.0**decade)
        line = {"x1": f"{CELL_MARGIN}", "x2": f"{CELL_WIDTH - 8}", "y1": f"{up:.0f}", "y2": f"{up:.0f}"}
        xml.SubElement(cell, "line", {**line, "stroke": "currentColor", "stroke-opacity": "0.2"})
        add_label(cell, 0, up + 3, f"1e{decade}")
    runs = len(list_shown_entries(history))
    for i, changes in list_environment_breaks(history):
        across = (find_run_place(i - 1, runs) + find_run_place(i, runs)) / 2
        line = {"x1": f"{across:.1f}", "x2": f"{across:.1f}", "y1": "16", "y2": f"{CELL_HEIGHT - 10}"}
        mark = xml.SubElement(cell, "line", {**line, "stroke": "currentColor", "stroke-dasharray": "1 2"})
        xml.SubElement(mark, "title").text = cut_printable("; ".join(changes))
    for trend in trends:
        told = f"{trend.witness}: {trend.comparison.change}, {format_relative_error(trend.comparison.after)}"
        add_line(cell, list_segments(trend), witnesses.index(trend.witness), told)


def list_segments(trend: Trend) -> list[list[tuple[float, float]]]:
    """List the points of a trend, apart where it was not measured or its cases changed."""
    runs = len(trend.errors)
    points = [
        (cases, find_run_place(i, runs), error)
        for i, (error, cases) in enumerate(zip(trend.errors, trend.cases, strict=True))
    ]
    groups = groupby(points, lambda point: point[0] if point[2] is not None else None)
    return [[(x, find_height(error)) for _, x, error in found if error is not None] for key, found in groups if key]


def find_run_place(run: int, runs: int) -> float:
    """Find how far across a run is drawn."""
    return CELL_MARGIN + 8 + run / max(runs - 1, 1) * (CELL_WIDTH - CELL_MARGIN - 24)


def find_height(error: float) -> float:
    """Find how far down an error is drawn, small ones at the bottom."""
    decade = math.log10(error) if 0 < error < math.inf else math.copysign(math.inf, error - 1)
    share = (min(max(decade, LOWEST_DECADE), HIGHEST_DECADE) - LOWEST_DECADE) / (HIGHEST_DECADE - LOWEST_DECADE)
    return CELL_HEIGHT - 12 - share * (CELL_HEIGHT - 32)


def add_line(
    parent: xml.Element, segments: Sequence[Sequence[tuple[float, float]]], style: int, told: str = ""
) -> None:
    """Add a line in one of the styles, with round ends, so that a single point is seen.  told: what a pointer shows."""
    colour, dashes = LINE_STYLES[style % len(LINE_STYLES)]
    drawn = " ".join("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in [*points, points[-1]]) for points in segments)
    line = {"d": drawn, "fill": "none", "stroke": colour, "stroke-width": "2", "stroke-linecap": "round"}
    path = xml.SubElement(parent, "path", line | ({"stroke-dasharray": dashes} if dashes else {}))
    if told:
        xml.SubElement(path, "title").text = cut_printable(told)


def add_label(parent: xml.Element, x: float, y: float, text: str) -> None:
    """Add a piece of text."""
    xml.SubElement(parent, "text", {"x": f"{x:.0f}", "y": f"{y:.0f}"}).text = cut_printable(text, 34)


def cut_printable(text: str, most: int = MAX_TEXT_LENGTH) -> str:
    """Cut text for a picture, and escape what XML cannot hold."""
    return escape_unprintable(text if len(text) <= most else f"{text[: most - 1]}…")
