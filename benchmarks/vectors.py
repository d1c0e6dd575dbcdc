"""How much of what is spoiled in golden vectors, or in the ops of the library, is found by them.

    python benchmarks/vectors.py -o reports/vector_faults.md

Three kinds of faults.  In a stored file, the 20th digit of a number, and one digit of an input or an upstream; they are
looked for by what `gradcheck vectors` compares.  In an op, its outputs, or the gradient of one input, times 1 + 1e-12;
they are looked for by the laws value and gradient on the op's golden vectors alone.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from tabulate import tabulate

from delivery import delivered
from gradcheck import Op, check
from gradcheck.discovery.library import load_library_ops
from gradcheck.records.golden_vectors import find_vector_folder
from gradcheck.records.status import Status
from gradcheck.vectors.making import make_vectors
from gradcheck.vectors.stored import find_differences
from processes import shared_out

OFF = 1 + 1e-12
PARTS = ("expected", "gradients", "inputs", "upstream")


@dataclass(frozen=True)
class Row:
    """The faults of one kind in one op.  missed: which."""

    kind: str
    op: str
    planted: int
    missed: tuple[str, ...]


def examine(op: str) -> list[Row]:
    """Plant all faults of one op, and look for each."""
    return [*spoil_file(op), *spoil_op(next(one for one in load_library_ops() if one.name == op))]


def spoil_file(op: str) -> Iterator[Row]:
    """Spoil each number of the stored file in turn."""
    made = json.loads(make_vectors(next(one for one in load_library_ops() if one.name == op)).to_json())
    stored = json.loads((find_vector_folder() / f"{op}.json").read_text(encoding="utf-8"))
    for part in PARTS:
        planted, missed = 0, list[str]()
        for case in stored["cases"]:
            for name, array in case[part].items():
                for i, number in enumerate(array["values"]):
                    planted += 1
                    array["values"][i] = spoil_number(number)
                    if not any(find_differences(stored, made)):
                        missed.append(f"case {case['number']}, {part}, {name}, {i}")
                    array["values"][i] = number
        yield Row(f"a digit in {part}", op, planted, tuple(missed))


def spoil_number(number: Any) -> Any:
    """Change the 20th digit of a decimal, or its last if it has fewer, the last digit of a hexadecimal, or a whole
    number."""
    if not isinstance(number, str):
        return not number if isinstance(number, bool) else number + 1
    if "p" in number:
        digits, _, power = number.partition("p")
        return f"{digits[:-1]}{'1' if digits[-1] != '1' else '2'}p{power}"
    places = [i for i, character in enumerate(number.split(" ")[0].partition("e")[0]) if character.isdigit()]
    i = places[min(19, len(places) - 1)]
    return f"{number[:i]}{(int(number[i]) + 1) % 10}{number[i + 1 :]}"


def spoil_op(op: Op) -> Iterator[Row]:
    """Spoil the outputs, and then the gradient of each input."""
    missed = () if is_found(op.implemented_by(scale_outputs(op), op.backward)) else ("the outputs",)
    yield Row("outputs times 1 + 1e-12", op.name, 1, missed)
    moving = [i for i, a in enumerate(op.inputs.values()) if getattr(a, "array", a).differentiable]
    wrong = [i for i in moving if not is_found(op.implemented_by(op.forward, scale_gradient(op, i)))]
    yield Row("a gradient times 1 + 1e-12", op.name, len(moving), tuple(list(op.inputs)[i] for i in wrong))


def is_found(op: Op) -> bool:
    """Whether the laws find something wrong on the golden vectors."""
    result = check(op, examples=0, laws=("value", "gradient"), shrink=False)
    return any(finding.status is not Status.WARNING for finding in result.findings)


def scale_outputs(op: Op) -> Any:
    """The forward of an op with its outputs a little larger."""

    def forward(*inputs: Any, **settings: Any) -> tuple[Any, Any]:
        y, cache = op.forward(*inputs, **settings)
        return (tuple(np.asarray(part) * OFF for part in y) if isinstance(y, tuple) else np.asarray(y) * OFF), cache

    return forward


def scale_gradient(op: Op, i: int) -> Any:
    """The backward of an op with one gradient a little larger."""

    def backward(dy: Any, cache: Any) -> Any:
        gradients = op.backward(dy, cache)
        if not isinstance(gradients, (tuple, list)):
            return np.asarray(gradients) * OFF
        return [g if k != i or g is None else np.asarray(g) * OFF for k, g in enumerate(gradients)]

    return backward


def render_rows(rows: Sequence[Row]) -> str:
    """Write the report in Markdown."""
    planted, missed = Counter[str](), Counter[str]()
    for row in rows:
        planted[row.kind] += row.planted
        missed[row.kind] += len(row.missed)
    table = [[kind, planted[kind] - missed[kind], planted[kind]] for kind in planted]
    lines = ["# Faults in golden vectors and in ops", "", f"{len({row.op for row in rows})} ops.", ""]
    lines += [tabulate(table, ["fault", "found", "planted"], "github")]
    told = [f"- {row.op}, {row.kind}: {'; '.join(row.missed)}" for row in rows if row.missed]
    return "\n".join([*lines, *(["", "## Missed", "", *told] if told else [])]) + "\n"


@click.command()
@click.option("--op", "ops", multiple=True, metavar="NAME", help="Of the library.  [default: all]")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: all cores]")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
def main(ops: tuple[str, ...], jobs: int, output: Path | None) -> None:
    """Plant faults in golden vectors and in ops, and count those that are found."""
    names = [op.name for op in load_library_ops() if op.name in ops or not ops]
    rows, complete = shared_out(examine, names, jobs)
    delivered(render_rows([row for of_op in rows for row in of_op]), output)
    raise SystemExit(0 if complete else 130)


if __name__ == "__main__":
    main()
