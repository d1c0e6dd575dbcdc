"""Whether any verdict hangs on the exact value of a factor: each is halved and doubled, and faults and correct ops are
checked anew.

    python benchmarks/factors.py --jobs 1 --format markdown -o reports/factors.md

The factors are those of gradcheck/oracles/error_factors.py; faults and correct ops are those of power.py.
"""

import json
import os
from difflib import get_close_matches
from pathlib import Path

import click

from delivery import delivered
from factors_report import rendered
from report_format import FORMATS
from scaled import FACTORS, LEFT_OUT
from variation import Plan, varied


def known(context: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, all of which are of factors that can be scaled; all factors where there is none."""
    for name in names:
        if name in LEFT_OUT:
            raise click.BadParameter(f"{name} is not scaled: {LEFT_OUT[name]}")
        if name not in FACTORS:
            near = get_close_matches(name.upper(), FACTORS, 3)
            advice = f"did you mean {' or '.join(near)}?" if near else f"the factors are {', '.join(FACTORS)}"
            raise click.BadParameter(f"there is no factor {name!r}; {advice}")
    return tuple(name for name in FACTORS if not names or name in names)


@click.command()
@click.option("--sample", type=click.IntRange(1), default=40, show_default=True, help="Faults, half of them reported.")
@click.option("--correct", type=click.IntRange(1), default=10, show_default=True, help="Correct ops.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the sample and all inputs.")
@click.option("--factor", "factors", multiple=True, callback=known, help="Only this factor; may be given again.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option("--format", "form", type=click.Choice(["json", *FORMATS]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(
    sample: int, correct: int, seed: int, factors: tuple[str, ...], jobs: int, form: str, output: Path | None
) -> None:
    """Check faults and correct ops with every factor of an error bar halved, then doubled."""
    results = varied(Plan(sample, correct, seed, factors), jobs)
    text = json.dumps(results, indent=1, ensure_ascii=False) if form == "json" else rendered(results, form)
    delivered(text, output)


if __name__ == "__main__":
    main()
