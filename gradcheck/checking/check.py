"""check(op): examine all laws on common cases, and shrink the findings."""

import platform
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version

from gradcheck.checking.finding_shrinking import shrink_findings
from gradcheck.checking.kept_cases import examine_kept_cases
from gradcheck.checking.op_check import OpCheck
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.generation.chosen_point import make_example_cases
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.process_exit import forbid_exit
from gradcheck.records.case import Case
from gradcheck.records.results import OpResult


def check(
    op: Op,
    *,
    examples: int = 100,
    seed: int = 0,
    laws: Sequence[str] | None = None,
    largest: int | None = None,
    kept: Iterable[Case] = (),
    point: Case | None = None,
    shrink: bool = True,
    step: Callable[[int], None] = lambda done: None,
    examination: OpCheck | None = None,
) -> OpResult:
    """Examine an op by laws on generated cases, and shrink what is found.

    Parameters
    ----------
    op : Op
        The op to examine; `adapt` makes one of other code.
    examples : int, optional
        The number of generated cases; with none, the golden vectors are the cases.
    seed : int, optional
        The seed of the generated cases.
    laws : sequence of str, optional
        The names of the laws to examine; by default all.
    largest : int, optional
        The most elements of all inputs together in a case with a long axis; by default 512.
    kept : iterable of Case, optional
        Failing cases of earlier runs, examined first and not counted.
    point : Case, optional
        A case that is examined first, and, where it is large, stands for those that would be generated around it.
    shrink : bool, optional
        Whether to look for the smallest counterexample and for the cause.
    step : callable, optional
        ``step(done)`` is called after each generated case with their number.
    examination : OpCheck, optional
        Holds the partial result when the check is interrupted.

    Returns
    -------
    OpResult
        A verdict for each law.  An exception of the code under test is a finding, and is not raised.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, name="square", x="N D")
    >>> result = check(op, examples=4, laws=("contract", "gradient"))
    >>> print(result.op, result.status, result.cases)
    square passed 4
    """
    chosen = [law for name, law in load_laws().items() if laws is None or name in laws]
    with forbid_exit(), silence_warnings():
        large = [Evaluator(op, point)] if point and point.is_large and point.upstream else []
        op_check = examination or OpCheck(op, chosen, point=next(iter(large), None))
        small = [point] if point and not large else []
        for case in [*(e.case for e in large), *examine_kept_cases(op_check, [*kept, *small])]:
            op_check.take(case)
        for case in make_example_cases(op, seed):
            op_check.take(case, counted=False)
        op_check.take_vectors(counted=not examples)
        is_full = any(not op_check.has_room_for(e.case) for e in large)  # whatever is generated is as large
        op_check.left_large = examples if is_full else 0
        generated: Iterable[Case] = (
            () if is_full or not examples else generate_cases(op, examples, seed, largest, op_check.search.execution)
        )
        for done, case in enumerate(generated):
            if not op_check.has_room_for(case):
                op_check.left_large = examples - done
                break
            op_check.take(case)
            step(done + 1)
        op_check.arbitration.settle()
        op_check.add_kept_findings()
        op_check.review()
        if shrink:
            shrink_findings(op_check, seed)
        op_check.complete = True
        return op_check.result()


def collect_versions() -> dict[str, str]:
    """Return the versions that the figures depend on."""
    return {
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("gradcheck", "hypothesis", "jax", "jaxlib", "numpy")},
    }
