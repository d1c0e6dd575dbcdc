"""Hypotheses of gradients of several inputs that are returned in another order, or twice."""

from collections.abc import Iterator, Mapping
from itertools import chain, combinations

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.lengths import has_fixed_rank, join_names, name_input_axes
from gradcheck.causes.wrong_case import WrongCase


def propose_exchanged(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is that of another input, or its sum over some axes.  Where the right gradient is such
    a sum, as that of a bias, it is the sum that is wrong, and not the input."""
    claimed = case.claimed[i]
    for j in case.differentiable:
        if claimed is None or j == i or claimed.ndim > case.inputs[j].ndim:
            continue
        fits = claimed.shape == case.inputs[j].shape
        totals = dict(list_sums(case, j, claimed.shape)) if has_fixed_rank(case, case.labels[j]) else {}
        if (totals or fits) and not is_sum_of(case, i, j):
            yield from propose_gradient_of(case, i, j, totals, fits)


def propose_gradient_of(
    case: WrongCase, i: int, j: int, totals: Mapping[str, Values], fits: bool
) -> Iterator[Hypothesis]:
    """Propose that the gradient of input i is that of input j, or one of its sums.  fits: whether the shapes are the
    same."""
    if fits and case.is_claimed(i, case.expected(j).value):
        yield Hypothesis(describe_exchange(case, i, j), case.expected(j).value)
    for over, total in totals.items():
        words = f"it is the gradient of {case.labels[j]}, summed over {over}"
        yield Hypothesis(
            Cause("gradient-of-another", words, "Look for a factor too many, or for another variable."), total
        )


def describe_exchange(case: WrongCase, i: int, j: int) -> Cause:
    """Return the cause that the gradient of input j is returned for input i: they are exchanged where that of i is
    returned for j, or else in another order where every one is returned for another input."""
    this, other = case.labels[i], case.labels[j]
    if case.is_claimed(j, case.expected(i).value):
        words = f"the gradients of {join_names(sorted((this, other), key=case.labels.index))} are exchanged"
        return Cause("gradients-exchanged", words, f"Return them in the order {', '.join(case.labels)}.")
    if is_another_order(case):
        order = ", ".join(case.labels)
        return Cause("gradients-exchanged", "the gradients are returned in another order", f"Return them as {order}.")
    words = f"the gradient of {other} is returned for {this} as well"
    return Cause("gradient-of-another", words, f"Return the gradient of {this} in its place.")


def is_another_order(case: WrongCase) -> bool:
    """Whether every gradient is returned, each at one place."""
    places = [find_owner(case, i) for i in case.differentiable]
    return None not in places and len(set(places)) == len(places)


def find_owner(case: WrongCase, i: int) -> int | None:
    """Return the input whose gradient is returned for input i; None where there is none."""
    return next((j for j in case.differentiable if case.is_claimed(i, case.expected(j).value)), None)


def list_sums(case: WrongCase, j: int, shape: tuple[int, ...]) -> Iterator[tuple[str, Values]]:
    """Yield the sums of the gradient of input j over some of its axes that have a shape, by the names of these axes."""
    like, names = case.inputs[j], dict(name_input_axes(case, case.labels[j]))
    for axes in chain.from_iterable(combinations(range(like.ndim), n) for n in range(1, like.ndim)):
        for keepdims in (False, True):
            if np.sum(like, axes, keepdims=keepdims).shape == shape:
                yield join_names([names[k] for k in axes]), np.sum(case.expected(j).value, axes, keepdims=keepdims)


def is_sum_of(case: WrongCase, i: int, j: int) -> bool:
    """Whether the right gradient of input i is a sum of that of input j over some of its axes."""
    right = case.expected(i).value
    return any(case.are_equal(j, total, right) for _, total in list_sums(case, j, right.shape))
