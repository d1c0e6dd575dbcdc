"""Right programs before the ordinary search and all laws: is one accused?  And is every wrong one of the same look
caught?"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.checking.check import check
from gradcheck.checking.outcome import has_failing_status
from gradcheck.declaration.op import Op
from gradcheck.records.results import OpResult, Verdict
from gradcheck.records.status import FAILING_STATUSES
from processes import shared_out
from right_programs import PROGRAMS

SCHEMA = "gradcheck-searches/1"
UNREMARKABLE = ("passed", "inapplicable")
JUDGED = "gradient"
"""The law whose abstentions are counted."""

WRONG_EXAMPLES = 100
"""Cases for a wrong program: what a user has by default."""

Data = dict[str, Any]


@dataclass(frozen=True)
class Search:
    """One check of a program, by its number, or of one of its wrong twins."""

    program: int
    examples: int
    seed: int
    slip: str = ""


def searched(examples: int, seeds: Sequence[int], jobs: int, only: Sequence[str] = ()) -> Data:
    """What the search makes of every right program with every seed, and of every wrong one with the first."""
    numbers = [number for number, program in enumerate(PROGRAMS) if not only or program.name in only]
    right = [Search(number, examples, seed) for number in numbers for seed in seeds]
    wrong = [Search(n, min(examples, WRONG_EXAMPLES), seeds[0], slip) for n in numbers for slip in PROGRAMS[n].wrong]
    results, complete = shared_out(outcome_of_search, [*right, *wrong], jobs)
    rights, wrongs = [r for r in results if not r["slip"]], [r for r in results if r["slip"]]
    return {
        "schema": SCHEMA,
        "plan": {"examples": examples, "seeds": list(seeds), "jobs": jobs, "ops": list(only)},
        "complete": complete,
        "programs": len({r["program"] for r in rights}),
        "cases": sum(r["cases"] for r in rights),
        "verdicts": sum(r["verdicts"] for r in rights),
        "accused": sum(r["accused"] for r in rights),
        "inconclusive": sum(v["status"] in ("inconclusive", "disputed") for r in rights for v in r["remarkable"]),
        "unexplained": sum(not v["why"] for r in rights for v in r["remarkable"]),
        "abstained": sum(r["abstained"] for r in rights),
        "wrong": len(wrongs),
        "caught": sum(r["accused"] for r in wrongs),
        "missed": [f"{r['program']}, {r['slip']}" for r in wrongs if not r["accused"]],
        "results": rights,
    }


def outcome_of_search(search: Search) -> Data:
    """What all laws make of one program."""
    program = PROGRAMS[search.program]
    began = time.perf_counter()
    result = check_op(program.make_wrong(search.slip) if search.slip else program.op, search)
    gradient = result.verdict(JUDGED)
    return {
        "program": program.name,
        "slip": search.slip,
        "seed": search.seed,
        "cases": result.cases,
        "verdicts": len(result.verdicts),
        "accused": any(has_failing_status(verdict) for verdict in result.verdicts),
        "abstained": gradient.abstained if gradient else 0,
        "reason": gradient.abstained_reason if gradient else "",
        "remarkable": [told(v, program.explained.get(v.law, "")) for v in result.verdicts if is_remarkable(v)],
        "seconds": round(time.perf_counter() - began, 1),
    }


def check_op(op: Op, search: Search) -> OpResult:
    """The check; what is wrong is shown by one case as well as by the smallest."""
    return check(op, examples=search.examples, seed=search.seed, shrink=False)


def is_remarkable(verdict: Verdict) -> bool:
    """Whether a verdict has to be explained: it is not simply passed."""
    return verdict.status not in UNREMARKABLE or bool(verdict.findings)


def told(verdict: Verdict, why: str) -> Data:
    """A verdict with its claims, and why it is lawful; "" where nobody said, and of an accusation."""
    accused = any(f.status in FAILING_STATUSES for f in verdict.findings)
    return {
        "law": verdict.law,
        "status": verdict.status,
        "claims": [f"{f.status}: {f.claim}" for f in verdict.findings] or [verdict.reason],
        "why": "" if accused else why,
    }


def rendered_searches(results: Data) -> str:
    """The sum, what is not simply passed, and the wrong programs that were missed, as a person reads them."""
    words = (
        f"{results['programs']} right programs × {results['plan']['examples']} cases × "
        f"{len(results['plan']['seeds'])} seeds, all laws: {results['accused']} accused; of {results['verdicts']:,} "
        f"verdicts {results['inconclusive']} inconclusive ({share(results['inconclusive'], results['verdicts'])}), "
        f"{results['unexplained']} not passed for no reason that is given; the gradient could not be judged in "
        f"{results['abstained']:,} of {results['cases']:,} cases ({share(results['abstained'], results['cases'])})."
    )
    caught = f"Wrong programs of the same look: caught {results['caught']} of {results['wrong']}."
    whole = "" if results["complete"] else "Interrupted.  "
    return "\n".join([whole + words, caught, *(f"  missed: {name}" for name in results["missed"]), *remarks(results)])


def remarks(results: Data) -> Iterator[str]:
    """A line for each verdict that is not simply passed, and for each reason for which the gradient was not judged."""
    for row in results["results"]:
        name = f"{row['program']}, seed {row['seed']}"
        for verdict in row["remarkable"]:
            why = f" -- {verdict['why']}" if verdict["why"] else ""
            yield from (f"{name}, {verdict['law']}: {claim}{why}" for claim in verdict["claims"])
        if row["abstained"]:
            left_out = f"{row['abstained']} of {row['cases']} cases, most often: {row['reason']}"
            yield f"{name}: gradient not judged in {left_out}"


def share(part: int, whole: int) -> str:
    """A part in per cent."""
    return f"{part / max(whole, 1):.2%}"
