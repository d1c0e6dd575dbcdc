"""A baseline as a table, a row for each error."""

from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.formatting import pluralise
from gradcheck.records.measured_run import MeasuredRun
from gradcheck.report.content import Table


def tabulate_baseline(baseline: MeasuredRun) -> tuple[str, Table]:
    """Tabulate the errors of a baseline.  Returns a line on what they depend on, and the table."""
    rows = tuple(
        (cut_text(op.label), cut_text(str(key)), f"{error:.2e}")
        for _, op in sorted(baseline.ops.items())
        for key, error in sorted(op.errors.items())
    )
    versions = ", ".join(f"{name} {version}" for name, version in sorted(baseline.environment.items()))
    ops, errors = pluralise(len(baseline.ops), "op"), pluralise(len(rows), "error")
    head = f"{errors} of {ops}; seed {baseline.seed}; {versions or 'no versions are known'}"
    return escape_unprintable(cut_text(head)), Table(("op", "gradient and witness", "error"), rows)
