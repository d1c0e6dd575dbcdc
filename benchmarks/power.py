"""Who sees a wrong gradient, and who accuses a right one: gradcheck and its peers on the same faults and correct ops.

    pip install '.[benchmarks]' && python benchmarks/power.py --format markdown -o reports/power.md

The faults are those that people made and reported, and mutants of every backward of the library, as tests/corpus has
them.  Peers that are not installed are left out and named.
"""

import json
import os
from pathlib import Path

import click

from delivery import delivered
from power_report import rendered
from report_format import FORMATS
from tournament import TOOLS, Plan, played


@click.command()
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N faults, and N correct ops beside theirs.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the sample and all inputs.")
@click.option("--cases", type=click.IntRange(1), default=8, show_default=True, help="Of our search, for every tool.")
@click.option("--tool", "tools", multiple=True, type=click.Choice(TOOLS), help="Only this tool; may be given again.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option("--format", "form", type=click.Choice(["json", *FORMATS]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(
    sample: int | None, seed: int, cases: int, tools: tuple[str, ...], jobs: int, form: str, output: Path | None
) -> None:
    """Try gradcheck and the other gradient checkers that are installed on faults and on correct ops."""
    chosen = tuple(tool for tool in TOOLS if not tools or tool in tools)
    results = played(Plan(chosen, sample, seed, cases), jobs)
    text = json.dumps(results, indent=1) if form == "json" else rendered(results, form)
    delivered(text, output)


if __name__ == "__main__":
    main()
