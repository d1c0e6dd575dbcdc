"""How often gradcheck accuses a correct op, on as many random cases as you like.

    python benchmarks/false_alarms.py --cases 100000 --seed 7

The correct ops are the library's, those of tests/corpus/lawful, and what the reported faults should have been.
"""

import json
import os
import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

from alarms import OUTCOMES, Data, counted
from corpora import correct_ops
from delivery import delivered


def known(context: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, all of which are of correct ops."""
    every = [one.name for one in correct_ops()]
    for name in names:
        if name not in every:
            near = get_close_matches(name, every, 3)
            advice = f"did you mean {' or '.join(map(repr, near))}?" if near else f"the ops are {', '.join(every)}"
            raise click.BadParameter(f"there is no correct op {name!r}; {advice}")
    return names


@click.command()
@click.option("--cases", type=click.IntRange(1), default=100_000, show_default=True, help="Shared out over the ops.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="Of shapes and values.")
@click.option("--op", "ops", multiple=True, callback=known, help="Only this op; may be given again.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(cases: int, seed: int, ops: tuple[str, ...], jobs: int, form: str, output: Path | None) -> None:
    """Examine correct ops on wide cases; exits with 1 where one is accused."""
    began = time.perf_counter()
    results = counted(cases, seed, jobs, ops)
    seconds = time.perf_counter() - began
    results |= {"seconds": round(seconds, 1), "cases_per_second": round(results["cases"] / seconds, 1)}
    text = json.dumps(results, indent=1) if form == "json" else rendered(results)
    delivered(text, output)
    raise SystemExit(130 if not results["complete"] else 1 if results["accused"] + results["crashed"] else 0)


def rendered(results: Data) -> str:
    """The counts as a person reads them: the sum, the reasons, the ops that are not simply passed, the accusations."""
    words = (
        f"{results['cases']:,} cases of {len(results['by_op'])} correct ops in {results['seconds']:.0f} s "
        f"({results['cases_per_second']:.0f} per second): {results['accused']} accused, {results['crashed']} crashed."
    )
    other = {name: row for name, row in results["by_op"].items() if row["passed"] < row["cases"]}
    parts = [
        words if results["complete"] else f"Interrupted.  {words}",
        table("outcome", {name: {"cases": results[name], "share": share(results, name)} for name in OUTCOMES}),
        table("kind of values", results["by_kind"]),
        table("nothing could be said, for", {why: {"cases": n} for why, n in results["reasons"].items()}),
        table("op", other),
        *(f"{a['op']}, {a['law']}, {a['status']} ({a['kind']}): {a['claim']}" for a in results["accusations"]),
    ]
    return "\n\n".join(part for part in parts if part)


def share(results: Data, name: str) -> str:
    """An outcome's share of the cases."""
    return f"{results[name] / max(results['cases'], 1):.3%}"


def table(heading: str, rows: dict[str, dict[str, Any]]) -> str:
    """One table, a row for each name; "" where there is none."""
    if not rows:
        return ""
    headings = [heading, *next(iter(rows.values()))]
    return tabulate([[name, *row.values()] for name, row in rows.items()], headings)


if __name__ == "__main__":
    main()
