"""Hypotheses by which only a part of the Jacobian is used, its diagonal or blocks along an axis, or by which it goes in
the other direction."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Values, flat
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.named_axes import read_axis_names
from gradcheck.causes.names import is_time
from gradcheck.causes.wrong_case import WrongCase


def propose_diagonal(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that each element of the input moves its own output alone; where it has an axis of time, the steps are
    what matters."""
    if any(map(is_time, name_input_axes_plainly(case, i))):
        return
    jacobian, u, x = case.jacobian(i).value, flat(case.upstream), case.inputs[i]
    starts = np.cumsum([0, *(y.size for y in case.upstream)])
    kept = np.zeros(jacobian.shape, bool)
    for start, y in zip(starts, case.upstream, strict=False):
        if y.shape == x.shape:
            np.fill_diagonal(kept[start : start + x.size], True)
    if kept.any():
        gradient = (u @ np.where(kept, jacobian, 0.0)).reshape(x.shape)
        words = "only the diagonal of the Jacobian is used: each element also moves the outputs of others"
        yield Hypothesis(Cause("diagonal-jacobian", words, "Add the sum over the other outputs."), gradient)


def propose_places(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that what one place of an axis does to the outputs at other places of it is missing, or that nothing
    flows back from the places before, or behind."""
    for k, name in enumerate(name_input_axes_plainly(case, i)):
        for words, name_of_cause, same in compare_places(case, i, k, name):
            gradient = (flat(case.upstream) @ np.where(same, case.jacobian(i).value, 0.0)).reshape(case.inputs[i].shape)
            yield Hypothesis(Cause(name_of_cause, words, "Add the gradients of all outputs that it moves."), gradient)


def name_input_axes_plainly(case: WrongCase, i: int) -> tuple[str, ...]:
    """Name the axes of input i."""
    label = case.labels[i]
    return read_axis_names(label, case.op.array(label).axes, case.inputs[i].ndim)


def compare_places(case: WrongCase, i: int, k: int, name: str) -> Iterator[tuple[str, str, Values]]:
    """Yield which derivatives are kept where only some places of axis k count, with words and the name of the cause."""
    x, rows = case.inputs[i], list[Values]()
    own = np.indices(x.shape)[k].ravel()
    for y in case.upstream:
        fitting = [a for a, n in enumerate(y.shape) if n == x.shape[k]]
        if not fitting:
            return
        rows.append(np.indices(y.shape)[k if k in fitting else fitting[0]].ravel())
    theirs = np.concatenate(rows)
    has_steps = is_time(name)
    linked = f"the gradient that comes from other places along {name} is missing: each is taken by itself"
    stepped = f"the gradient that comes from other steps of {name} is missing: only the step itself counts"
    kind = "time-link-missing" if has_steps else "row-sum-missing"
    yield stepped if has_steps else linked, kind, theirs[:, None] == own[None, :]
    yield f"only the outputs at earlier places along {name} count", "wrong-direction", theirs[:, None] <= own[None, :]
    near = (theirs[:, None] - own[None, :] <= 1) & (theirs[:, None] >= own[None, :])
    yield f"only the next place along {name} counts, and none further on", "time-link-missing", near


def propose_direction(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the way back goes through an axis in the other direction: both the upstream and the gradient are
    reversed."""
    x = case.inputs[i]
    for k, name in enumerate(name_input_axes_plainly(case, i)):
        if all(y.ndim > k and y.shape[k] == x.shape[k] for y in case.upstream):
            reversed_upstream = tuple(np.flip(u, k) for u in case.upstream)
            gradient = np.flip(case.pull(i, reversed_upstream).value, k)
            words = f"the way back goes through {name} in the wrong direction"
            yield Hypothesis(Cause("wrong-direction", words, "Reverse the running sum, or the loop."), gradient)
