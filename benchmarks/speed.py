"""What a check costs, side by side with other gradient checkers, in one run.

    pip install '.[benchmarks]' && python benchmarks/speed.py --format json

(On Linux, `--extra-index-url https://download.pytorch.org/whl/cpu` saves pip the download of CUDA.)  Peers that are not
installed are left out and named.  Only the public path is timed, and in the same run a fault is planted in every timed
op: where ours misses one, the exit code is 1.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from delivery import delivered
from measurement import Plan, measured
from report_format import FORMATS
from speed_report import rendered

QUICK = Plan(
    shapes=1,
    repetitions=1,
    seed=0,
    examples=(10,),
    all_laws=2,
    largest=10**4,
    depths=(10, 40),
    mutants=2,
    prompts=1,
    points=("sigmoid",),
    whole_library=False,
)


@click.command()
@click.option("--shapes", type=click.IntRange(1), default=16, show_default=True, help="Shapes per op.")
@click.option("--repetitions", type=click.IntRange(1), default=2, show_default=True, help="Each in new processes.")
@click.option("--seed", default=0, show_default=True, help="Of the shapes and the values.")
@click.option("--quick", is_flag=True, help="One shape per op, one repetition, small sizes, not the whole library.")
@click.option("--format", "form", type=click.Choice(["json", *FORMATS]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(shapes: int, repetitions: int, seed: int, quick: bool, form: str, output: Path | None) -> None:
    """Measure what a check costs, beside the other gradient checkers that are installed."""
    plan = Plan(shapes, repetitions, seed)
    if quick:
        plan = replace(QUICK, seed=seed)
    results = measured(plan, lambda step: click.echo(step, err=True))
    text = json.dumps(results, indent=2) if form == "json" else rendered(results, form)
    delivered(text, output)
    ours = results["planted"]["ours"]
    if ours["caught"] < ours["faults"]:
        sys.exit(f"of {ours['faults']} planted faults only {ours['caught']} were caught")


if __name__ == "__main__":
    main()
