"""Hypotheses of gradients of several inputs that are returned in another order, or twice."""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

import numpy as np

from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.changed_cases import has_slope_roughly
from gradcheck.causes.hypotheses.lengths import has_fixed_rank, name_input_axes
from gradcheck.causes.names import join_names
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.evaluation.evaluator import Malformed, UserError


def propose_exchanged(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradients of two inputs are exchanged, or those of all are in another order."""
    for j in case.differentiable:
        shape = case.inputs[j].shape
        if j != i and read_shape(case, i) == shape and may_be_sum(case, i, j, ()) and not is_sum_of(case, i, j):
            cause = describe_returned_order(case, i, j)
            if cause is not None:
                yield Hypothesis(cause, case.expected(j).value)


def propose_another(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is that of another input, or its sum over some axes.  Where the right gradient is such
    a sum, as that of a bias, it is the sum that is wrong, and not the input."""
    for j in case.differentiable:
        likely = [axes for axes in list_fitting_sums(case, i, j) if may_be_sum(case, i, j, axes)] if j != i else []
        if likely and not is_sum_of(case, i, j):
            names = dict(name_input_axes(case, case.labels[j]))
            for axes in likely:
                if not axes and describe_returned_order(case, i, j) is not None:
                    continue
                cause = describe_sum(case, j, [names[k] for k in axes]) if axes else describe_repeated(case, i, j)
                total = np.asarray(np.sum(case.expected(j).value, axes))
                yield Hypothesis(cause, total.reshape(read_shape(case, i)))


def read_shape(case: WrongCase, i: int) -> tuple[int, ...]:
    """Return the shape of the claimed gradient of input i; that of a number where there is none."""
    claimed = case.claimed[i]
    return () if claimed is None else claimed.shape


def list_fitting_sums(case: WrongCase, i: int, j: int) -> list[tuple[int, ...]]:
    """Return the sets of axes of input j whose sum leaves the shape of the claimed gradient of input i, axes of length
    one being dropped or kept; the empty set where the shapes are the same."""
    shape, like = read_shape(case, i), case.inputs[j]
    sets = [axes for n in range(1, like.ndim) for axes in combinations(range(like.ndim), n)]
    if not has_fixed_rank(case, case.labels[j]):
        sets = []
    fitting = [axes for axes in sets if shape in (np.sum(like, axes).shape, np.sum(like, axes, keepdims=True).shape)]
    return [*([()] if shape == like.shape else []), *fitting]


def may_be_sum(case: WrongCase, i: int, j: int, axes: tuple[int, ...]) -> bool:
    """Whether the claimed gradient of input i may be the sum of that of input j over some axes, by one difference."""
    claimed, like = case.claimed[i], case.inputs[j]
    if claimed is None or like.dtype.kind != "f":
        return False
    weights = np.asarray(case.case.rng("direction of another input").standard_normal(claimed.shape))
    kept = tuple(1 if k in axes else n for k, n in enumerate(like.shape))
    direction = np.broadcast_to(weights.reshape(kept), like.shape)
    try:
        with np.errstate(all="ignore"):
            return has_slope_roughly(case, j, direction, float(np.sum(claimed * weights)))
    except (UserError, Malformed):
        return False


def describe_sum(case: WrongCase, j: int, names: Sequence[str]) -> Cause:
    """Return the cause that the gradient is that of input j, summed over some axes."""
    words = f"it is the gradient of {case.labels[j]}, summed over {join_names(names)}"
    return Cause("gradient-of-another", words, "Look for a factor too many, or for another variable.")


def describe_returned_order(case: WrongCase, i: int, j: int) -> Cause | None:
    """Return the cause that the gradient of input j is returned for input i, and that of i for j, or else that every
    one is returned at another place; None where one is returned twice."""
    this, other = case.labels[i], case.labels[j]
    if case.is_claimed(j, case.expected(i).value):
        words = f"the gradients of {join_names(sorted((this, other), key=case.labels.index))} are exchanged"
        return Cause("gradients-exchanged", words, f"Return them in the order {', '.join(case.labels)}.")
    if is_another_order(case):
        order = ", ".join(case.labels)
        return Cause("gradients-exchanged", "the gradients are returned in another order", f"Return them as {order}.")
    return None


def describe_repeated(case: WrongCase, i: int, j: int) -> Cause:
    """Return the cause that the gradient of input j is returned for input i."""
    words = f"the gradient of {case.labels[j]} is returned for {case.labels[i]} as well"
    return Cause("gradient-of-another", words, f"Return the gradient of {case.labels[i]} in its place.")


def is_another_order(case: WrongCase) -> bool:
    """Whether every gradient is returned, each at one place."""
    places = [find_owner(case, i) for i in case.differentiable]
    return None not in places and len(set(places)) == len(places)


def find_owner(case: WrongCase, i: int) -> int | None:
    """Return the input whose gradient is returned for input i; None where there is none."""
    return next((j for j in case.differentiable if case.is_claimed(i, case.expected(j).value)), None)


def is_sum_of(case: WrongCase, i: int, j: int) -> bool:
    """Whether the right gradient of input i is a sum of that of input j over some of its axes."""
    right, other = case.expected(i).value, case.expected(j).value
    sets = chain.from_iterable(combinations(range(other.ndim), n) for n in range(1, other.ndim))
    totals = (other.sum(axes, keepdims=keepdims) for axes in sets for keepdims in (False, True))
    return any(total.shape == right.shape and case.are_equal(j, total, right) for total in totals)
