"""The corpus of mutants: every fault that `mutation` makes of the library, and whether a law that states it finds it.

Not in the corpus are the stillborn, which fail wherever one looks, and the equivalent, which are right; these are
listed in `equivalent`.  python -m tests.corpus.mutants examines all of it.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from gradcheck.checking.check import check
from gradcheck.checking.op_check import examine_case, reason_not_applicable
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws.call_results import existing_gradients, make_rounding_measures
from gradcheck.laws.comparison import compare_within_rounding
from gradcheck.laws.law import Law
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from gradcheck.records.results import Finding
from tests.corpus.corpus import counts
from tests.corpus.equivalent import EQUIVALENT
from tests.corpus.mutation import Mutant, mutants

EXAMPLES = 100
LOOKED_AT = 20
"""Cases in which a mutant must run and return arrays of the right shapes, lest it be stillborn."""

OPS = {op.name: op for op in load_library_ops()}


@cache
def drawn(name: str, examples: int, seed: int) -> tuple[Case, ...]:
    """The cases of an op, which are those of all its mutants."""
    with silence_warnings():
        return tuple(generate_cases(OPS[name], examples, seed))


@cache
def generated(name: str) -> tuple[Mutant, ...]:
    """Every mutant of one op, the stillborn and the equivalent among them."""
    with silence_warnings():
        return tuple(mutants(OPS[name]))


def stillborn(mutant: Mutant) -> bool:
    """Whether anybody sees the fault who runs it once or twice: it raises, or returns something of another shape."""
    wrong = mutant.wrong
    try:
        with silence_warnings():
            for case in drawn(wrong.name, EXAMPLES, 0)[:LOOKED_AT]:
                Evaluator(wrong, case).gradients(case.point, case.upstream)
    except (UserError, Malformed):
        return True
    return False


@cache
def corpus(name: str) -> tuple[Mutant, ...]:
    """The faults of one op: neither stillborn nor equivalent."""
    return tuple(m for m in generated(name) if m.name not in EQUIVALENT and not stillborn(m))


def accused(mutant: Mutant, seed: int, examples: int = EXAMPLES) -> Finding | None:
    """The first finding that counts in the cases of a default check, by a law that states the fault; None where there
    is none.  The one thing that a check says only when it has seen all cases is of kinks."""
    wrong = mutant.wrong
    laws = [
        load_laws()[name]
        for name in load_laws()
        if name in ("contract", *mutant.laws) and not reason_not_applicable(wrong, load_laws()[name])
    ]
    with silence_warnings():
        for case in drawn(wrong.name, examples, seed):
            if finding := accusing(examined(wrong, case, laws), mutant):
                return finding
        together = check(wrong, examples=examples, seed=seed, laws=["kinks"], shrink=False)
        return accusing(together.findings, mutant)


def examined(op: Op, case: Case, laws: Sequence[Law]) -> Iterator[Finding]:
    """What the laws find in one case."""
    return (finding for seen in examine_case(op, case, laws).values() for finding in seen.findings)


def accusing(findings: Iterable[Finding], mutant: Mutant) -> Finding | None:
    """The first finding that accuses the mutant of breaking a law that states its fault."""
    return next((f for f in findings if f.law in mutant.laws and counts(f)), None)


def differs(mutant: Mutant, examples: int) -> Case | None:
    """The first case in which a mutant is not its op within rounding, or changes or shares what it must not."""
    wrong, right = mutant.wrong, mutant.right
    with silence_warnings():
        return next((case for case in drawn(right.name, examples, 0) if parts(wrong, right, case)), None)


def parts(wrong: Op, right: Op, case: Case) -> bool:
    """Whether two ops go apart in one case by more than the rounding of both."""
    evaluators = Evaluator(right, case), Evaluator(wrong, case)
    trial, rounded = (
        evaluators[1].watch_call(case.point, case.upstream),
        [make_rounding_measures(evaluator) for evaluator in evaluators],
    )
    known = existing_gradients(evaluators[0].gradients(case.point, case.upstream), evaluators[0].labels)
    pairs = zip(existing_gradients(trial.gradients, evaluators[0].labels), known, strict=True)
    for i, ((_, got), (_, wanted)) in enumerate(pairs, len(case.upstream)):
        if not compare_within_rounding(
            got, wanted, lambda repeats, i=i: sum(spread(i)(repeats) for spread in rounded)
        ).holds:
            return True
    return bool(trial.changed or trial.shared_memory)


if __name__ == "__main__":
    from tests.corpus.examine import main

    sys.exit(main())
