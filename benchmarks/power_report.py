"""The scores as a report: the answer first, then who missed what, and who accused whom."""

from collections.abc import Callable, Iterator

from tabulate import tabulate

from peers import PEERS
from report_format import FORMATS, Data, Row, Section, plain
from trials import OURS

NAMES = {OURS: "**gradcheck**"} | {peer.name: peer.title for peer in PEERS}
MOST_NAMED = 40
"""Faults that a section lists by name; the JSON has all."""


def rendered(results: Data, form: str) -> str:
    """The report in one of FORMATS."""
    shown, title, heading = (str, "# ", "## ") if form == "markdown" else (plain, "", "")
    parts = [f"{title}Power", shown(answer(results)), table(scores(results), form, shown)]
    parts += [shown(note) for note in notes(results)]
    for section in sections(results):
        parts += [f"{heading}{section.title}", shown(section.words)]
        parts += [table(section, form, shown)] if section.rows else []
    return "\n\n".join(part for part in parts if part)


def table(section: Section, form: str, shown: Callable[[str], str]) -> str:
    """One table."""
    rows = [[shown(cell) for cell in row] for row in section.rows]
    return tabulate(rows, list(map(shown, section.headings)), tablefmt=FORMATS[form], disable_numparse=True)


def answer(results: Data) -> str:
    """Who catches how much, in one sentence."""
    rows = results["tools"]
    told = [f"{NAMES[tool]} catches {of(row, 'caught', 'faults')} faults" for tool, row in rows.items() if tool == OURS]
    others = [tool for tool in rows if tool != OURS]
    if others:
        best = max(others, key=lambda tool: rows[tool]["caught"])
        told.append(f"the best of the others, {NAMES[best]}, {of(rows[best], 'caught', 'faults')}")
    if ours := rows.get(OURS):
        told.append(f"and gradcheck accuses {of(ours, 'accused', 'correct')} correct ops")
    whole = "" if results["plan"]["sample"] is None else "In a seeded sample: "
    return f"{whole if results['complete'] else 'Interrupted; until then: '}{', '.join(told)}."


def of(row: Data, part: str, whole: str) -> str:
    """So many of so many."""
    return f"{row[part]:,} of {row[whole]:,}"


def scores(results: Data) -> Section:
    """The main table: each tool as its users call it."""
    return Section("", "", HEADINGS, score_rows(results["tools"], "told_apart"))


HEADINGS = (
    "tool",
    "faults caught",
    "",
    "of values",
    "",
    "told apart",
    "errors",
    "no answer",
    "correct ops accused",
    "not examined",
    "seconds",
)


def score_rows(rows: Data, apart: str) -> list[Row]:
    """One line for each tool."""
    return [
        [
            NAMES[tool],
            of(row, "caught", "faults"),
            percent(row["caught"], row["faults"]),
            of(row, "caught_of_values", "of_values"),
            percent(row["caught_of_values"], row["of_values"]),
            f"{row[apart]:,}",
            f"{row['errors']}",
            f"{row['timeouts']}",
            of(row, "accused", "correct"),
            f"{row['inconclusive'] + row['correct_errors']}",
            f"{row['seconds']:,.0f}",
        ]
        for tool, row in rows.items()
    ]


def percent(part: int, whole: int) -> str:
    """A share in three digits, never rounded up to all."""
    return f"{int(1000 * part / whole) / 10:.1f} %" if whole else "–"


def notes(results: Data) -> Iterator[str]:
    """What the table means."""
    plan = results["plan"]
    yield (
        f"gradcheck is asked as by `gradcheck check`, {plan['examples']} cases, until a law that states the fault has "
        "a finding; the others at the point where their users would ask: one shape per op, no axis of length one and "
        "no input of one element where it can be helped, normal values mapped into the domain, the same for a fault "
        "and for the correct op beside it. Of values: faults by which the numbers of a gradient are wrong, which is "
        "what every tool looks for; the rest are of dtypes, memory and the upstream. Told apart: caught, while the "
        "correct op beside the fault is let pass. Errors: the tool ended by an exception that is no verdict; where "
        "torch or JAX refuse a gradient for its shape, that is one. No answer: none within "
        f"{plan['limit']:.0f} s. Not examined: inconclusive, or an exception, on a correct op."
    )
    if results["absent"]:
        yield f"Not installed, and so left out: {', '.join(NAMES[tool] for tool in results['absent'])}."


def sections(results: Data) -> Iterator[Section]:
    """All that comes after the answer."""
    yield generated(results)
    yield assumed(results)
    yield from (grouped(results, group) for group in ("kind", "family"))
    if OURS in results["missed"]:
        yield missed(results)
    yield accused(results)
    yield errors(results)
    yield conditions(results)


def generated(results: Data) -> Section:
    """The same tools on our inputs."""
    words = (
        f"All tools on the first {results['plan']['cases']} cases of gradcheck's search, which has broadcast shapes, "
        "axes of length one, zeros, ties and large values in it: an accusation in any of them counts. The inputs find "
        "more faults for everyone; a tool that takes kinks for mistakes accuses correct ops there, and then catching "
        "is no merit: told apart is what counts."
    )
    return Section("On generated inputs", words, HEADINGS, score_rows(results["generated_inputs"], "told_apart"))


def assumed(results: Data) -> Section:
    """How each peer was called."""
    rows = [[NAMES[peer.name], peer.settings] for peer in PEERS if peer.name in results["tools"]]
    words = (
        "Each peer runs the hand-written NumPy code itself, in float64 and by its public interface, at its defaults "
        "but for what is said here."
    )
    return Section("How the others were asked", words, ("tool", "settings"), rows)


def grouped(results: Data, group: str) -> Section:
    """Who caught how much of each kind or family."""
    tools = list(results["tools"])
    rows = [
        [name, str(row["faults"]), *(str(row[tool]) for tool in tools)] for name, row in results[f"by {group}"].items()
    ]
    words = {
        "kind": "What is wrong: reported by somebody, or how the mutant differs. Each tool at its users' inputs.",
        "family": "Where the op belongs.",
    }
    headings = (group, "faults", *(NAMES[tool] for tool in tools))
    return Section(f"Caught, by {group}", words[group], headings, rows)


def missed(results: Data) -> Section:
    """What gradcheck did not see, in full; of the others the number stands above, and the names in the JSON."""
    names = results["missed"][OURS]
    rows = [[cell(name), cell(words) or "all laws pass"] for name, words in list(names.items())[:MOST_NAMED]]
    more = f" {len(names) - MOST_NAMED} more are in the JSON." if len(names) > MOST_NAMED else ""
    words = f"{len(names)} faults, and what the laws say of them.{more}" if names else "None."
    return Section("Missed by gradcheck", words, ("fault", "laws"), rows)


def accused(results: Data) -> Section:
    """Correct ops that were accused."""
    rows = [
        [NAMES[tool], places, cell(", ".join(results[key][tool]) or "none")]
        for key, places in (("accused", "its users'"), ("accused on generated inputs", "ours"))
        for tool in results["tools"]
        if tool != OURS or key == "accused"
    ]
    return Section("Correct ops accused", "", ("tool", "inputs", "ops"), rows)


def errors(results: Data) -> Section:
    """Faults on which a tool ended by an exception, by the kind of exception."""
    rows = []
    for tool, names in results["errors"].items():
        kinds = [words.split(":")[0] or "no answer in time" for words in names.values()]
        rows += [[NAMES[tool], name, str(kinds.count(name))] for name in sorted(set(kinds))]
    return Section("Exceptions that are no verdict", "" if rows else "None.", ("tool", "exception", "faults"), rows)


def conditions(results: Data) -> Section:
    """Where and how."""
    plan = results["plan"]
    sample = f" --sample {plan['sample']}" if plan["sample"] else ""
    command = f"python benchmarks/power.py --seed {plan['seed']} --cases {plan['cases']}{sample} --format markdown"
    words = (
        f"`pip install '.[benchmarks]' && {command} -o reports/power.md`. Seconds are those of the column's inputs, on "
        "a shared machine, and depend on it; all else depends on the seed and the versions alone."
    )
    rows = [[name, str(value)] for name, value in results["environment"].items()]
    return Section("To reproduce", words, ("", ""), rows)


def cell(text: str) -> str:
    """Text that does not end a cell."""
    return text.replace("|", "\\|").replace("\n", " ")
