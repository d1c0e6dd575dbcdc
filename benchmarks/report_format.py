"""What the reports of the benchmarks have in common: sections of words and tables, and how numbers are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMATS = {"text": "simple", "markdown": "github"}
"""Of the report, and what tabulate calls them."""

Data = Mapping[str, Any]
Row = Sequence[str]


@dataclass(frozen=True)
class Section:
    """A heading, what to know before reading the table, and the table."""

    title: str
    words: str
    headings: Row
    rows: Sequence[Row]


def plain(text: str) -> str:
    """Without the marks of Markdown."""
    return text.replace("**", "").replace("`", "")


def wanted(target: Data) -> str:
    """The bound in words."""
    return f"{'at most' if target['at_most'] else 'at least'} {amount(target['wanted'], target['unit'])}"


def amount(value: float, unit: str) -> str:
    """A figure with its unit."""
    if unit == "×":
        return f"×{significant(value)}"
    return f"{significant(value)} {unit}".strip()


def milliseconds(seconds: float) -> str:
    """Three digits."""
    return significant(1000 * seconds)


def significant(value: float) -> str:
    """Two or three digits, as many as the noise leaves."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) >= 1 else f"{value:.2g}"
