"""Halved and doubled factors as a report: the answer first, then each factor, then the names behind the numbers."""

from collections.abc import Iterator
from typing import Any

from power_report import cell, table
from report_format import FORMATS, Section, plain
from variation import WAYS

Data = dict[str, Any]
KINDS = {"lost": "faults lost", "accused": "correct accused", "other": "other"}


def rendered(results: Data, form: str) -> str:
    """The report in one of FORMATS; as text it begins with the answer, in Markdown with a title."""
    assert form in FORMATS
    shown, heading = (str, "## ") if form == "markdown" else (plain, "")
    parts = ["# Factors"] if form == "markdown" else []
    parts += [shown(answer(results)), table(overview(results), form, shown), shown(meaning(results))]
    for section in sections(results):
        parts += [f"{heading}{section.title}", shown(section.words)]
        parts += [table(section, form, shown)] if section.rows else []
    return "\n\n".join(part for part in parts if part)


def answer(results: Data) -> str:
    """Whether a verdict changes, and with what."""
    factors, seen = results["factors"], results["unchanged"]
    among = f"in a seeded sample of {many(seen['faults'], 'fault')} and {many(seen['correct'], 'correct op')}"
    begin = "" if results["complete"] else "Interrupted; until then: "
    told = [
        f"**{name}** {way} ({counts(row[way])})" for name, row in factors.items() for way in WAYS if any_of(row[way])
    ]
    if not told:
        which = f"any of {len(factors)} factors" if len(factors) > 1 else f"**{next(iter(factors))}**"
        return f"{begin}No verdict changes when {which} is halved or doubled, {among}."
    hanging = sum(any(any_of(row[way]) for way in WAYS) for row in factors.values())
    return f"{begin}Verdicts change with {hanging} of {len(factors)} factors, {among}: {'; '.join(told)}."


def many(count: int, what: str) -> str:
    """So many of them, in words."""
    return f"{count} {what}{'s' * (count != 1)}"


def any_of(changes: Data) -> bool:
    """Whether anything changed."""
    return any(changes[kind] for kind in KINDS)


def counts(changes: Data) -> str:
    """How much of each kind, in words."""
    return ", ".join(f"{words}: {len(changes[kind])}" for kind, words in KINDS.items() if changes[kind])


def overview(results: Data) -> Section:
    """The main table."""
    headings = ("factor", "value", *(f"{way}: {words}" for way in WAYS for words in KINDS.values()))
    rows = [
        [name, row["value"], *(str(len(row[way][kind])) for way in WAYS for kind in KINDS)]
        for name, row in results["factors"].items()
    ]
    return Section("", "", headings, rows)


def meaning(results: Data) -> str:
    """What was done."""
    seen = results["unchanged"]
    derived = ", ".join(f"{name} (made of {source})" for name, source in results["derived"].items())
    return (
        f"Each op is checked as by `gradcheck check`, {results['plan']['examples']} cases and all laws, a fault until "
        f"a law that states it has a finding; unchanged, {seen['faults'] - len(seen['missed'])} of {seen['faults']} "
        f"faults are caught and {len(seen['accused'])} of {seen['correct']} correct ops accused. Half of the faults "
        "are reported ones, the rest drawn from all reported ones and mutants. Lost: caught unchanged, and no longer. "
        "Accused: only once scaled. Other: any other change of an outcome, as from passed to inconclusive. In how many "
        "cases a law abstains may change without one, and is not compared. Counts are "
        f"scaled as whole numbers, at least 1; scaled alone, and kept where their source is scaled: {derived}."
    )


def sections(results: Data) -> Iterator[Section]:
    """What is behind the numbers."""
    rows = [
        [name, way, words, cell(op), cell(said)]
        for name, row in results["factors"].items()
        for way in WAYS
        for kind, words in KINDS.items()
        for op, said in row[way][kind].items()
    ]
    headings = ("factor", "", "change", "fault or op", "what is said of it then")
    yield Section("Changed verdicts", "" if rows else "None.", headings, rows)
    seen = results["unchanged"]
    rows = [[words, cell(op), cell(s)] for words in ("missed", "accused") for op, s in seen[words].items()]
    yield Section("Misjudged as it is", "" if rows else "None.", ("", "fault or op", "what is said of it"), rows)
    left_out = [[name, reason] for name, reason in results["left_out"].items()]
    yield Section("Left out", "", ("factor", "reason"), left_out)
    yield conditions(results)


def conditions(results: Data) -> Section:
    """Where and how."""
    plan = results["plan"]
    command = f"--sample {plan['sample']} --correct {plan['correct']} --seed {plan['seed']} --format markdown"
    words = f"`python benchmarks/factors.py {command} -o reports/factors.md`"
    return Section("To reproduce", words, ("", ""), [[n, str(v)] for n, v in results["environment"].items()])
