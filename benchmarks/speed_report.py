"""The measurements as a report: the answer first, then the tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tabulate import tabulate

from checkers import CHECKERS, CS231N_STEP, OWN_WORK
from turns import WARM
from workload import LARGE_FAULT, LONGEST, MOST_ELEMENTS, SMALL_FAULT

FORMATS = {"text": "simple", "markdown": "github"}
"""Of the report, and what tabulate calls them."""

NAMES = {
    OWN_WORK: "forward + backward alone",
    "ours": "**ours**",
    "ours_arbitrated": "ours, XLA arbitrating each pattern",
    "ours_without_reference": "ours, without the reference",
    "autograd": "autograd `check_grads`",
    "torch_fast": "torch `gradcheck`, fast mode",
    "torch_slow": "torch `gradcheck`",
    "cs231n_loop": "CS231n's loop",
    "jax_check_grads": "JAX `check_grads`",
}
Data = Mapping[str, Any]
Row = Sequence[str]


@dataclass(frozen=True)
class Section:
    """A heading, what to know before reading the table, and the table."""

    title: str
    words: str
    headings: Row
    rows: Sequence[Row]


def rendered(results: Data, form: str) -> str:
    """The report in one of FORMATS."""
    shown, title, heading = (str, "# ", "## ") if form == "markdown" else (plain, "", "")
    parts = [f"{title}Speed", shown(answer(results["targets"]))]
    for section in sections(results):
        rows = [[shown(cell) for cell in row] for row in section.rows]
        table = tabulate(rows, list(map(shown, section.headings)), tablefmt=FORMATS[form], disable_numparse=True)
        parts += [f"{heading}{section.title}", shown(section.words), table]
    return "\n\n".join(part for part in parts if part)


def plain(text: str) -> str:
    """Without the marks of Markdown."""
    return text.replace("**", "").replace("`", "")


def answer(targets: Sequence[Data]) -> str:
    """How many targets are met, and in so many words which are not."""
    judged = [target for target in targets if target["met"] is not None]
    missed = [t for t in judged if not t["met"]]
    words = f"{len(judged) - len(missed)} of {len(judged)} targets are met."
    if missed:
        told = (f"{t['claim']} ({amount(t['measured'], t['unit'])}, wanted {wanted(t)})" for t in missed)
        words += " Missed: " + "; ".join(told) + "."
    if unknown := [t["claim"] for t in targets if t["met"] is None]:
        words += " Not measured: " + "; ".join(unknown) + "."
    return f"**{words}**"


def sections(results: Data) -> Iterator[Section]:
    """All tables."""
    yield targets(results)
    yield times(results)
    yield work(results)
    yield faults(results)
    yield from (by_op(results, phase) for phase in ("cold", "warm"))
    yield from (shares(results, run) for run in results["shares"])
    yield end_to_end(results)
    yield sizes(results)
    yield large(results)
    yield conditions(results)


def targets(results: Data) -> Section:
    """What was to be reached."""
    verdicts = {True: "yes", False: "**no**", None: "not measured"}
    rows = [
        [t["claim"], wanted(t), "–" if t["measured"] is None else amount(t["measured"], t["unit"]), verdicts[t["met"]]]
        for t in results["targets"]
    ]
    return Section("Targets", "", ("target", "wanted", "measured", "met"), rows)


def times(results: Data) -> Section:
    """Cold and warm, ours and the peers."""
    plan = results["plan"]
    words = (
        f"Mean over {len(results['by_op']['cold'])} ops, {plan['shapes']} seeded shapes each (axes of 1 to {LONGEST}, "
        f"at most {MOST_ELEMENTS} elements in and out, {results['elements']:.0f} in on average), the same cases for "
        "all, in float64. Cold: the first check of a shape in its process; what was traced for another shape and "
        "serves this one is not paid again, and all that is paid is divided by the number of shapes (ours with XLA "
        f"comes after ours, whose traces it shares). Warm: {WARM} further checks of the shape with other values. CPU "
        "time of the process; ratios are taken within a repetition, in which the checkers take turns shape by shape, "
        "and the "
        f"median of {plan['repetitions']} repetitions is shown, with least and greatest."
    )
    if results["absent"]:
        words += f" Not installed, and so left out: {', '.join(results['absent'])}."
    headings = ("checker", "cold", "÷ ours", "warm", "÷ ours", "cold, wall", "warm, wall")
    rows = [
        [
            NAMES[name],
            milliseconds(results["cold"][name]),
            ratio(results, "cold", name),
            milliseconds(results["warm"][name]),
            ratio(results, "warm", name),
            milliseconds(results["wall"]["cold"][name]),
            milliseconds(results["wall"]["warm"][name]),
        ]
        for name in results["cold"]
    ]
    return Section("Time per check, in ms", words, headings, rows)


def ratio(results: Data, phase: str, name: str) -> str:
    """The median, and between which bounds."""
    low, high = results["spread"][phase][name]
    return f"{significant(results['ratios'][phase][name])} ({significant(low)}–{significant(high)})"


def work(results: Data) -> Section:
    """The amount of work behind the times."""
    headings = (
        "checker",
        "directions",
        "each element",
        "independent reference",
        "lets pass",
        "forward",
        "backward",
    )
    rows = [
        [
            NAMES[c.name],
            c.directions,
            "yes" if c.elementwise else "no",
            "yes" if c.reference else "no",
            c.tolerance,
            f"{results['calls'][c.name]['forward']:.0f}",
            f"{results['calls'][c.name]['backward']:.0f}",
        ]
        for c in CHECKERS
        if c.name in results["calls"]
    ]
    words = "Calls of forward and backward: counted in one warm check, mean over all shapes."
    return Section("The work that is done for it", words, headings, rows)


def faults(results: Data) -> Section:
    """Whether anything is seen in that time."""
    words = (
        "On every timed shape the largest element of one gradient, each in its turn, was made too large by "
        f"{SMALL_FAULT:.1%} and by {LARGE_FAULT:.0%}, after the timing and in the same process; the peers judge at "
        "their defaults (torch lets a relative error of 0.1 % pass by design). Correct gradients that were let pass: "
        "all checks that were timed."
    )
    rows = [
        [
            NAMES[name],
            f"{row['caught']} of {row['faults']}",
            f"{row['caught_of_large']} of {row['faults']}",
            "{passed} of {checks}".format(**results["correct"][name]),
        ]
        for name, row in results["planted"].items()
    ]
    headings = ("checker", f"caught, {SMALL_FAULT:.1%}", f"caught, {LARGE_FAULT:.0%}", "correct, let pass")
    return Section("Planted faults", words, headings, rows)


def by_op(results: Data, phase: str) -> Section:
    """The mean times taken apart."""
    table = results["by_op"][phase]
    rows = [[op, *map(milliseconds, row.values())] for op, row in table.items()]
    headings = ("op", *(NAMES[name] for name in results[phase]))
    return Section(f"By op, {phase}, in ms", "", headings, rows)


def shares(results: Data, run: str) -> Section:
    """What a check, or a run end to end, spends its time on."""
    words = {
        "warm": "Of a check of a shape that was seen before, over the nine ops, by cProfile; a library's time is its "
        "callers'.",
        "end to end": f"Of a run with {results['plan']['examples'][-1]} examples per op, gradient law only.",
    }
    rows = [[part, f"{share:.0%}"] for part, share in results["shares"][run].items()]
    return Section(f"Where the time goes: {run}", words[run], ("part", "share"), rows)


def end_to_end(results: Data) -> Section:
    """Whole runs of the check of an op."""
    words = (
        "`gradcheck.checking.check` over the nine ops as the library has them, with all their settings, in one "
        "process: Hypothesis draws the shapes and the references are traced inside the time; the libraries were loaded "
        "before. "
        f"Overhead over the op's own forward and backward: ×{significant(results['overhead']['warm'])} in a warm check."
    )
    rows = [
        [
            str(rate["examples"]),
            str(rate["laws"]),
            str(rate["checks"]),
            f"{rate['seconds']:.1f}",
            f"{rate['checks_per_second']:.0f}",
            f"{rate['checks_per_cpu_second']:.0f}",
        ]
        for rate in [*results["end_to_end"], results["all_laws"]]
    ]
    if library := results["library"]:
        words += (
            f" The whole library, `gradcheck check` at its defaults on {library['cores']} cores: "
            f"{library['ops']} ops in {library['seconds']:.1f} s, exit code {library['exit_code']}."
        )
    headings = ("examples per op", "laws", "checks", "seconds", "checks per second", "per CPU second")
    return Section("End to end", words, headings, rows)


def sizes(results: Data) -> Section:
    """Cost against size."""
    words = (
        "Ours, one warm check, CPU time; rows of 10. Forward calls: the most in any of the cases at that size, five up "
        "to 10,000 elements and one above. A checker that moves one element at a time calls the forward twice for each."
    )
    rows = [
        [
            row["op"],
            f"{row['elements']:,}",
            milliseconds(row["seconds"]),
            f"×{significant(row['over_own_work'])}",
            str(row["forward_calls"]),
            "yes" if row["passed"] else "**no**",
        ]
        for row in results["scaling"]
    ]
    headings = ("op", "elements", "ms", "over forward + backward", "forward calls", "let pass")
    return Section("Cost against size", words, headings, rows)


def large(results: Data) -> Section:
    """The lecture's cases."""
    words = (
        "The first check in its process, libraries loaded. Peak: growth of the largest resident set during the check; "
        "allocated: the most that NumPy and Python held at once, in a second check. The Jacobian of the max gate "
        "would be 1.3 TB."
    )
    cases = {"max gate, 100 × 4096": "lecture_case", "net of 101,000 parameters, batch of 64": "net_case"}
    rows = [
        [
            title,
            f"{results[key]['seconds']:.2f}",
            f"{results[key]['cpu_seconds']:.2f}",
            f"{results[key]['peak_mb']:.0f}",
            f"{results[key]['traced_mb']:.0f}",
            "yes" if results[key]["passed"] else "**no**",
        ]
        for title, key in cases.items()
    ]
    headings = ("case", "seconds", "CPU seconds", "peak, MB", "allocated, MB", "let pass")
    return Section("The lecture's large cases", words, headings, rows)


def conditions(results: Data) -> Section:
    """Where and how."""
    words = (
        "A shared machine with other work on it: seconds vary from run to run by as much as a factor of two, the "
        f"ratios by less. CS231n's loop steps by {CS231N_STEP:g} as in the assignments. Peers are called by their "
        "public interface at their defaults, autograd and JAX in reverse mode at first order; torch, autograd and the "
        "loop run the library's own NumPy code, JAX the same arithmetic written in JAX."
    )
    rows = [[name, str(value)] for name, value in results["environment"].items()]
    rows.append(["seed", str(results["plan"]["seed"])])
    return Section("Conditions", words, ("", ""), rows)


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
