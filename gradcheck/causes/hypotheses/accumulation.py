"""Hypotheses of contributions that are not added up: the last one overwrites the others, or some are left out."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from gradcheck.arrays import Point, Values, flat
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.named_axes import measure_axes, name_inputs
from gradcheck.causes.names import is_time
from gradcheck.causes.wrong_case import WrongCase, replace_input
from gradcheck.evaluation.evaluator import Malformed, UserError

OVERWRITTEN = Cause(
    "overwritten",
    "what is added to an element more than once is overwritten: only the last one counts",
    "Add it up: `+=` in a loop, np.add.at for repeated indices.",
)
"""The cause of most gradients that are right where each element is reached once."""

FIRST_KEPT = Cause(
    "overwritten",
    "of what is added to an element more than once only the first counts",
    "Add it up: `+=` in a loop, np.add.at for repeated indices.",
)
"""The same in a loop that runs backwards."""

AVERAGED = Cause(
    "divided-by-length",
    "what is added to an element more than once is averaged",
    "Add it up, and do not divide by how often it comes.",
)
"""The cause where repeated contributions are averaged."""

MOST_LOOPS = 5
"""Axes of an output up to which all loops over some of them are looked at."""


def list_contributions(case: WrongCase, i: int) -> Values | None:
    """Return what each element of the output adds to the gradient, of the shape of the output and one more axis for the
    elements of the input; None where there are several outputs."""
    if len(case.upstream) != 1 or not case.upstream[0].ndim:
        return None
    u = case.upstream[0]
    jacobian = case.jacobian(i)
    sure = np.where(np.abs(jacobian.value) > 4 * jacobian.error, jacobian.value, 0.0)
    return (u.ravel()[:, None] * sure).reshape(*u.shape, -1)


def propose_overwritten(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that in a loop over some axes of the output what a later round adds overwrites what earlier ones did."""
    yield from propose_one_round(case, i, is_last=True)


def propose_first_kept(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that only the first contribution in such a loop counts, or the average."""
    yield from propose_one_round(case, i, is_last=False)


def propose_one_round(case: WrongCase, i: int, is_last: bool) -> Iterator[Hypothesis]:
    """Propose either of these."""
    added = list_contributions(case, i)
    causes = (OVERWRITTEN,) if is_last else (FIRST_KEPT, AVERAGED)
    if added is None or added.ndim - 1 > MOST_LOOPS or not case.is_left(*causes):
        return
    yield from propose_by_reach(case, i, added, added != 0, is_last)
    reach: Values = case.evaluator.compute_once(("reach", i), lambda: find_reach(case, i))
    yield from propose_by_reach(case, i, added, reach.reshape(added.shape), is_last)


def propose_by_reach(case: WrongCase, i: int, added: Values, reach: Values, is_last: bool) -> Iterator[Hypothesis]:
    """Propose what overwriting comes to where each element of the output reaches these elements of the input."""
    for count in range(1, added.ndim):
        for loop in combinations(range(added.ndim - 1), count):
            rounds, touched = sum_other_axes(added, loop), sum_other_axes(reach, loop) > 0
            if case.suspects is not None or np.any(touched.sum(axis=0) > 1):
                yield from propose_kept_rounds(rounds, touched, case.inputs[i].shape, is_last)


def find_reach(case: WrongCase, i: int) -> Values:
    """Find which elements of the output an element of the input may move: those that differ once it is much larger, or
    much smaller, than all others, where no input is zero."""
    rng = case.case.rng("reach")
    point = tuple(np.array(a + rng.uniform(0.01, 0.1, a.shape)) if a.dtype.kind == "f" else a for a in case.inputs)
    here, x = evaluate_outputs(case, point), point[i]
    reach = case.jacobian(i).value != 0
    far = 2 * float(np.max(np.abs(x), initial=0.0)) + 1
    for k, index in enumerate(np.ndindex(x.shape)):
        for shift in (far, -far):
            moved = x.copy()
            moved[index] += shift
            there = evaluate_outputs(case, replace_input(point, i, moved))
            if here is not None and there is not None:
                reach[:, k] |= here != there
    return reach


def evaluate_outputs(case: WrongCase, point: Point) -> Values | None:
    """Return the outputs at a point as one vector; None where forward refuses it."""
    try:
        return flat(case.evaluator.compute_uncached(tuple(map(np.array, point))))
    except (UserError, Malformed):
        return None


def sum_other_axes(added: Values, loop: tuple[int, ...]) -> Values:
    """Return the contributions of each round of a loop over some axes, one round a row."""
    others = tuple(k for k in range(added.ndim - 1) if k not in loop)
    return np.asarray(added.sum(axis=others).reshape(-1, added.shape[-1]))


def propose_kept_rounds(rounds: Values, touched: Values, shape: tuple[int, ...], is_last: bool) -> Iterator[Hypothesis]:
    """Propose that of the rounds that reach an element the last or the first one counts alone, or their average."""
    elements = np.arange(rounds.shape[1])
    last = rounds.shape[0] - 1 - np.argmax(touched[::-1], axis=0)
    if is_last:
        yield Hypothesis(OVERWRITTEN, rounds[last, elements].reshape(shape))
        return
    yield Hypothesis(FIRST_KEPT, rounds[np.argmax(touched, axis=0), elements].reshape(shape))
    yield Hypothesis(AVERAGED, (rounds.sum(axis=0) / np.maximum(touched.sum(axis=0), 1)).reshape(shape))


def propose_left_out(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that only the first or the last rounds of a loop over one or two axes of the output count."""
    added = list_contributions(case, i)
    if added is None or added.ndim - 1 > MOST_LOOPS:
        return
    names = name_axes_of_output(case)
    for count in (1, 2, 3):
        for loop in combinations(range(added.ndim - 1), count):
            if case.suspects is not None or all(added.shape[k] > 1 for k in loop):
                yield from propose_some_rounds(added, loop, names, case.inputs[i].shape)


def name_axes_of_output(case: WrongCase) -> list[str]:
    """Name the axes of the only output by their number, and by T where it is one of time."""
    lengths = measure_axes(name_inputs(case))
    times = {n for name, n in lengths.items() if is_time(name)}
    shape = case.upstream[0].shape
    return ["time" if k == 1 and n in times else f"axis {k}" for k, n in enumerate(shape)]


def propose_some_rounds(
    added: Values, loop: tuple[int, ...], names: list[str], shape: tuple[int, ...]
) -> Iterator[Hypothesis]:
    """Propose that only the first or last place counts along some axes, or all but these."""
    axes = " and ".join(f"{names[k]} of the output" for k in loop)
    has_steps = any(names[k] == "time" for k in loop)
    kinds = {
        (0, 1): ("one-step-only" if has_steps else "early-return", f"only the first place along {axes} counts"),
        (-1, None): ("one-step-only", f"only the last place along {axes} counts"),
        (0, -1): ("window-missing", f"the last place along {axes} is left out"),
        (1, None): ("off-by-one", f"the first place along {axes} is left out"),
    }
    for (start, end), (name, words) in kinds.items():
        kept = tuple(slice(start, end) if k in loop else slice(None) for k in range(added.ndim - 1))
        gradient = added[kept].reshape(-1, added.shape[-1]).sum(axis=0).reshape(shape)
        yield Hypothesis(Cause(name, words, "Let the loop run over all of them, and return behind it."), gradient)
