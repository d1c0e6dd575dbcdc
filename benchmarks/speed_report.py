"""The measurements as a report: the answer first, then the tables."""

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from checkers import CHECKERS, CS231N_STEP, OWN_WORK
from own_sections import own_sections
from report_format import FORMATS, Data, Section, amount, milliseconds, plain, significant, wanted
from turns import SCRUTINISED, WARM
from workload import LARGE_FAULT, LONGEST, MOST_ELEMENTS, SMALL_FAULT

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


def rendered(results: Data, form: str) -> str:
    """The report in one of FORMATS."""
    shown, title, heading = (str, "# ", "## ") if form == "markdown" else (plain, "", "")
    parts = [f"{title}Speed", shown(answer(results["targets"]))]
    for section in sections(results):
        rows = [[shown(cell) for cell in row] for row in section.rows]
        table = tabulate(rows, list(map(shown, section.headings)), tablefmt=FORMATS[form], disable_numparse=True)
        parts += [f"{heading}{section.title}", shown(section.words), table]
    return "\n\n".join(part for part in parts if part)


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
    yield from own_sections(results)
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
    words = (
        "Calls of forward and backward: counted in one warm check, mean over the same shapes as faults are planted on."
    )
    return Section("The work that is done for it", words, headings, rows)


def faults(results: Data) -> Section:
    """Whether anything is seen in that time."""
    words = (
        f"On the first {SCRUTINISED} shapes of each op the largest element of one gradient, each in its turn, was made "
        "too large by "
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
