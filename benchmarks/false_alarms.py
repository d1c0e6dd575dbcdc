"""How often gradcheck accuses a correct op, on as many random cases as you like.

    python benchmarks/false_alarms.py --cases 100000 --seed 7
    python benchmarks/false_alarms.py --family styles --cases 0

The correct ops of the family "library" are the library's, those of tests/corpus/lawful, and what the reported faults
should have been.  Those of "styles" are right programs as other people write them (right_programs): they stand before
the ordinary search with all laws as well, and beside them wrong ones of the same look, all of which must be caught.
The random cases reach magnitudes of 2^±500, which the ordinary search does not.
"""

import json
import os
import time
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

from alarms import OUTCOMES, Data, counted
from corpora import FAMILIES, correct_of
from delivery import delivered
from searches import rendered_searches, searched


def known(context: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, all of which are of correct ops of the family."""
    every = [one.name for one in correct_of(context.params["family"])] if names else []
    for name in names:
        if name not in every:
            near = get_close_matches(name, every, 3)
            advice = f"did you mean {' or '.join(map(repr, near))}?" if near else f"the ops are {', '.join(every)}"
            raise click.BadParameter(f"there is no correct op {name!r}; {advice}")
    return names


@click.command()
@click.option("--family", type=click.Choice(list(FAMILIES)), default="library", show_default=True, is_eager=True)
@click.option("--cases", type=click.IntRange(0), default=100_000, show_default=True, help="Shared out over the ops.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="Of shapes and values.")
@click.option("--op", "ops", multiple=True, callback=known, help="Only this op; may be given again.")
@click.option("--examples", type=click.IntRange(1), default=500, show_default=True, help="Of each search of styles.")
@click.option("--searches", type=click.IntRange(0), default=2, show_default=True, help="Seeds of the search of styles.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(
    family: str,
    cases: int,
    seed: int,
    ops: tuple[str, ...],
    examples: int,
    searches: int,
    jobs: int,
    form: str,
    output: Path | None,
) -> None:
    """Examine correct ops on wide cases, and styles by the search; exits with 1 where one is accused."""
    began = time.perf_counter()
    results = counted(cases, seed, jobs, ops, family)
    seconds = time.perf_counter() - began
    results |= {"seconds": round(seconds, 1), "cases_per_second": round(results["cases"] / seconds, 1)}
    if family != "library" and searches:
        results["searches"] = searched(examples, range(seed, seed + searches), jobs, ops)
    text = json.dumps(results, indent=1) if form == "json" else rendered(results)
    delivered(text, output)
    raise SystemExit(exit_code(results))


def exit_code(results: Data) -> int:
    """130 after Ctrl-C; 1 where a correct op is accused or a wrong one is missed."""
    runs = [results, *([results["searches"]] if "searches" in results else [])]
    if not all(run["complete"] for run in runs):
        return 130
    return 1 if any(run["accused"] + run.get("crashed", 0) + len(run.get("missed", ())) for run in runs) else 0


def rendered(results: Data) -> str:
    """The counts and the searches, where there are any, as a person reads them."""
    parts = [
        *(rendered_counts(results) if results["cases"] else ()),
        rendered_searches(results["searches"]) if "searches" in results else "",
    ]
    return "\n\n".join(part for part in parts if part)


def rendered_counts(results: Data) -> Iterator[str]:
    """The sum, the reasons, the ops that are not simply passed, the accusations."""
    words = (
        f"{results['cases']:,} cases of {len(results['by_op'])} correct ops in {results['seconds']:.0f} s "
        f"({results['cases_per_second']:.0f} per second): {results['accused']} accused, {results['crashed']} crashed."
    )
    yield words if results["complete"] else f"Interrupted.  {words}"
    yield table("outcome", {name: {"cases": results[name], "share": share(results, name)} for name in OUTCOMES})
    yield table("kind of values", results["by_kind"])
    yield table("nothing could be said, for", {why: {"cases": n} for why, n in results["reasons"].items()})
    yield table("op", {name: row for name, row in results["by_op"].items() if row["passed"] < row["cases"]})
    yield from (f"{a['op']}, {a['law']}, {a['status']} ({a['kind']}): {a['claim']}" for a in results["accusations"])


def share(results: Data, name: str) -> str:
    """An outcome's share of the cases."""
    return f"{results[name] / results['cases']:.3%}"


def table(heading: str, rows: dict[str, dict[str, Any]]) -> str:
    """One table, a row for each name; "" where there is none."""
    if not rows:
        return ""
    headings = [heading, *next(iter(rows.values()))]
    return tabulate([[name, *row.values()] for name, row in rows.items()], headings)


if __name__ == "__main__":
    main()
