"""The figures of a run as OpenMetrics, for GitLab's metrics report and for Prometheus."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.records.status import Status
from gradcheck.report.context import ReportContext
from gradcheck.report.renderer import Renderer

if TYPE_CHECKING:
    from gradcheck.records.evidence import Errors
    from gradcheck.records.results import Run

Labels = Mapping[str, str]
"""What a figure is of: the values of its labels, by their names."""


@dataclass(frozen=True)
class Metric:
    """A metric and its figures.  words: what it measures."""

    name: str
    words: str
    figures: Iterable[tuple[Labels, float]]


def list_metrics(run: "Run") -> Iterator[Metric]:
    """List the metrics of a run."""
    statuses = [result.status for result in run.results]
    yield Metric("ops", "Ops by status.", [({"status": s}, statuses.count(s)) for s in Status])
    yield Metric("complete", "Whether the run came to its end.", [({}, run.complete)])
    yield Metric("not_checked", "Things that were found and not checked.", [({}, len(run.unchecked_parts))])
    yield Metric("cases", "Cases on which an op was checked.", [({"op": r.label}, r.cases) for r in run.results])
    yield Metric("findings", "Findings of an op.", [({"op": r.label}, len(r.findings)) for r in run.results])
    yield Metric(
        "max_relative_error",
        "The largest relative error of a gradient on the generated cases, by witness.",
        [figure for result in run.results for figure in list_error_figures(result.label, result.errors)],
    )
    yield Metric(
        "pinned_max_relative_error",
        "The largest relative error of a gradient on the pinned cases, by witness.",
        [figure for result in run.results for figure in list_error_figures(result.label, result.measured)],
    )
    yield Metric(
        "tightest",
        "The largest disagreement by what is allowed; above 1 where a law fails.",
        [({"op": r.label, "law": v.law}, v.tightest) for r in run.results for v in r.verdicts if v.examined],
    )


def list_error_figures(op: str, errors: "Errors") -> Iterator[tuple[Labels, float]]:
    """List the errors of an op with their labels."""
    yield from (({"op": op, "argument": key.input, "witness": key.witness}, error) for key, error in errors.items())


def render_metric(metric: Metric) -> Iterator[str]:
    """Write a metric: what it is, and a line for each figure."""
    name = f"gradcheck_{metric.name}"
    yield from (f"# TYPE {name} gauge", f"# HELP {name} {metric.words}")
    yield from (f"{name}{render_labels(labels)} {render_number(value)}" for labels, value in metric.figures)


def render_labels(labels: Labels) -> str:
    """Write labels in braces; nothing where there is none."""
    pairs = ",".join(f'{name}="{escape_label(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def escape_label(text: str) -> str:
    """Escape the value of a label."""
    return escape_unprintable(cut_text(text)).replace("\\", r"\\").replace('"', r"\"")


def render_number(value: float) -> str:
    """Write a number as OpenMetrics does."""
    if math.isfinite(value):
        return repr(float(value))
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"


class OpenMetricsRenderer:
    """The format `openmetrics`: text of gauges."""

    name = "openmetrics"
    suffix = ".om"
    shows_comparison = False

    def render(self, run: "Run", context: ReportContext) -> str:
        """Write the metrics; a comparison has no place in them."""
        lines = [line for metric in list_metrics(run) for line in render_metric(metric)]
        return "\n".join([*lines, "# EOF"]) + "\n"


OPENMETRICS: Renderer = OpenMetricsRenderer()
