"""All faults and correct ops before all tools, and the scores: plain data, ready for JSON."""

import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from operator import attrgetter
from typing import Any

from answers import LIMIT, Outcome
from corpora import chosen_correct, chosen_faults
from peers import PEERS
from processes import shared_out
from trials import CORRECT, EXAMPLES, FAULTS, OURS, Task, Trial, tried

SCHEMA = "gradcheck-power/1"
VERSIONED = ("gradcheck", "numpy", "jax", "torch", "chex", "autograd", "scipy", "hypothesis")
SETTINGS = ("usual", "generated")
"""At the inputs of its users, which is the main table; and at the first cases of our search."""

Data = dict[str, Any]
TOOLS = (OURS, *(peer.name for peer in PEERS))


@dataclass(frozen=True)
class Plan:
    """How much to try.  sample: of the faults, and as many correct ops beside those of the faults; None for all.
    cases: of our search, for every tool."""

    tools: tuple[str, ...]
    sample: int | None
    seed: int
    cases: int


def absent() -> list[str]:
    """The peers that are not installed."""
    return [peer.name for peer in PEERS if not peer.installed]


def played(plan: Plan, jobs: int) -> Data:
    """Everything."""
    tools = tuple(tool for tool in plan.tools if tool not in absent())
    wrong = chosen_faults(plan.sample, plan.seed)
    right = chosen_correct(plan.sample, plan.seed, beside=wrong)
    numbers = [*((CORRECT, n) for n in right), *((FAULTS, n) for n in wrong)]
    tasks = [Task(corpus, number, tools, plan.seed, plan.cases) for corpus, number in numbers]
    results, complete = shared_out(tried, tasks, jobs)
    return scored([trial for trials in results for trial in trials], tools) | {
        "schema": SCHEMA,
        "plan": {**asdict(plan), "tools": list(tools), "examples": EXAMPLES, "limit": LIMIT, "jobs": jobs},
        "environment": environment(),
        "absent": [tool for tool in plan.tools if tool not in tools],
        "complete": complete,
    }


def scored(trials: Sequence[Trial], tools: Sequence[str]) -> Data:
    """The scores in both settings, what is behind them, and who caught how much of each kind and family."""
    by_tool = {tool: [trial for trial in trials if trial.tool == tool] for tool in tools}
    settings = {setting: {tool: score(rows, setting) for tool, rows in by_tool.items()} for setting in SETTINGS}
    lists = {
        f"{title}{suffix}": {tool: listed(rows, setting, corpus, outcomes) for tool, rows in by_tool.items()}
        for setting, suffix in zip(SETTINGS, ("", " on generated inputs"), strict=True)
        for title, (corpus, outcomes) in LISTS.items()
    }
    tables = {f"by {group}": by_group(trials, tools, group) for group in ("kind", "family")}
    return {"tools": settings["usual"], "generated_inputs": settings["generated"], **lists, **tables}


LISTS = {
    "missed": (FAULTS, (Outcome.PASSED,)),
    "errors": (FAULTS, (Outcome.ERROR, Outcome.TIMEOUT)),
    "accused": (CORRECT, (Outcome.ACCUSED,)),
    "not examined": (CORRECT, (Outcome.INCONCLUSIVE, Outcome.ERROR, Outcome.TIMEOUT)),
}
"""What is told by name, with the tool's words where it has any."""


def score(trials: Sequence[Trial], setting: str) -> Data:
    """One tool in one setting.  told_apart: faults that are caught while the correct op beside them is let pass.
    of_values: those whose gradient is wrong in float64, which is all that the other tools look for."""
    said = attrgetter(setting)
    faulty, right = ([t for t in trials if t.corpus == corpus] for corpus in (FAULTS, CORRECT))
    bad, good = (Counter(said(t).outcome for t in rows) for rows in (faulty, right))
    fine = {t.name for t in right if said(t).outcome == Outcome.PASSED}
    return {
        "faults": len(faulty),
        "caught": bad[Outcome.ACCUSED],
        "missed": bad[Outcome.PASSED],
        "errors": bad[Outcome.ERROR],
        "timeouts": bad[Outcome.TIMEOUT],
        "of_values": sum(t.of_values for t in faulty),
        "caught_of_values": sum(t.of_values and said(t).outcome == Outcome.ACCUSED for t in faulty),
        "told_apart": sum(said(t).outcome == Outcome.ACCUSED and t.right in fine for t in faulty),
        "correct": len(right),
        "accused": good[Outcome.ACCUSED],
        "inconclusive": good[Outcome.INCONCLUSIVE],
        "passed": good[Outcome.PASSED],
        "correct_errors": good[Outcome.ERROR] + good[Outcome.TIMEOUT],
        "seconds": round(sum(said(t).seconds for t in trials), 3),
    }


def listed(trials: Sequence[Trial], setting: str, corpus: str, outcomes: Sequence[str]) -> dict[str, str]:
    """The words of a tool by the name of the fault or op, of some outcomes."""
    rows = ((t.name, getattr(t, setting)) for t in trials if t.corpus == corpus)
    return {name: said.words for name, said in rows if said.outcome in outcomes}


def by_group(trials: Sequence[Trial], tools: Sequence[str], group: str) -> Data:
    """For each kind or family of faults: how many there are, and how many each tool caught."""
    faulty = [t for t in trials if t.corpus == FAULTS]
    rows = {
        name: [t for t in faulty if getattr(t, group) == name] for name in sorted({getattr(t, group) for t in faulty})
    }
    return {
        name: {
            "faults": len({t.name for t in row}),
            **{tool: sum(t.tool == tool and t.usual.outcome == Outcome.ACCUSED for t in row) for tool in tools},
        }
        for name, row in rows.items()
    }


def environment() -> Data:
    """What the figures depend on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        **{name: version(name) for name in VERSIONED if find_spec(name)},
    }
