"""Hypotheses of contributions that are not added up: the last one overwrites the others, or some are left out."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.jacobian_parts import TIME_NAMES
from gradcheck.causes.hypotheses.named_axes import measure_axes, name_inputs
from gradcheck.causes.wrong_case import WrongCase

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
    added = list_contributions(case, i)
    if added is None or added.ndim - 1 > MOST_LOOPS:
        return
    axes = range(added.ndim - 1)
    for count in range(1, added.ndim):
        for loop in combinations(axes, count):
            rounds = sum_other_axes(added, loop)
            touched = rounds != 0
            if rounds.shape[0] > 1 and np.any(touched.sum(axis=0) > 1):
                yield from propose_kept_rounds(rounds, touched, case.inputs[i].shape)


def sum_other_axes(added: Values, loop: tuple[int, ...]) -> Values:
    """Return the contributions of each round of a loop over some axes, one round a row."""
    others = tuple(k for k in range(added.ndim - 1) if k not in loop)
    return np.asarray(added.sum(axis=others).reshape(-1, added.shape[-1]))


def propose_kept_rounds(rounds: Values, touched: Values, shape: tuple[int, ...]) -> Iterator[Hypothesis]:
    """Propose that of the rounds that reach an element the last or the first one counts alone, or their average."""
    elements = np.arange(rounds.shape[1])
    last = rounds.shape[0] - 1 - np.argmax(touched[::-1], axis=0)
    yield Hypothesis(OVERWRITTEN, rounds[last, elements].reshape(shape))
    yield Hypothesis(FIRST_KEPT, rounds[np.argmax(touched, axis=0), elements].reshape(shape))
    yield Hypothesis(AVERAGED, (rounds.sum(axis=0) / np.maximum(touched.sum(axis=0), 1)).reshape(shape))


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


def propose_left_out(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that only the first or the last rounds of a loop over one or two axes of the output count."""
    added = list_contributions(case, i)
    if added is None or added.ndim - 1 > MOST_LOOPS:
        return
    names = name_axes_of_output(case)
    for count in (1, 2, 3):
        for loop in combinations(range(added.ndim - 1), count):
            if all(added.shape[k] > 1 for k in loop):
                yield from propose_some_rounds(added, loop, names, case.inputs[i].shape)


def name_axes_of_output(case: WrongCase) -> list[str]:
    """Name the axes of the only output by their number, and by T where it is one of time."""
    lengths = measure_axes(name_inputs(case))
    times = {n for name, n in lengths.items() if name in TIME_NAMES}
    shape = case.upstream[0].shape
    return ["time" if k == 1 and n in times else f"axis {k}" for k, n in enumerate(shape)]


def propose_some_rounds(
    added: Values, loop: tuple[int, ...], names: list[str], shape: tuple[int, ...]
) -> Iterator[Hypothesis]:
    """Propose that only the first or last place counts along some axes, or all but these."""
    axes = " and ".join(f"{names[k]} of the output" for k in loop)
    is_time = any(names[k] == "time" for k in loop)
    kinds = {
        (0, 1): ("one-step-only" if is_time else "early-return", f"only the first place along {axes} counts"),
        (-1, None): ("one-step-only", f"only the last place along {axes} counts"),
        (0, -1): ("window-missing", f"the last place along {axes} is left out"),
        (1, None): ("off-by-one", f"the first place along {axes} is left out"),
    }
    for (start, end), (name, words) in kinds.items():
        kept = tuple(slice(start, end) if k in loop else slice(None) for k in range(added.ndim - 1))
        gradient = added[kept].reshape(-1, added.shape[-1]).sum(axis=0).reshape(shape)
        yield Hypothesis(Cause(name, words, "Let the loop run over all of them, and return behind it."), gradient)
