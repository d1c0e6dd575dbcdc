"""Hypotheses of sums over axes: missing, extra, over the wrong axis; and of results in another shape."""

from collections.abc import Iterator
from itertools import chain, combinations

import numpy as np

from gradcheck.arrays import Values, unflatten
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.lengths import has_fixed_rank, name_input_axes, name_output_axes
from gradcheck.causes.names import join_names
from gradcheck.causes.wrong_case import WrongCase

MOST_AXES_SUMMED = 5
"""Axes of an array up to which sums over all sets of them are tried."""

MOST_AXES_KEPT = 2
"""Axes of the outputs that a missing sum leaves in a gradient beside its own."""

KEPT = Cause("keepdims", "axes of length one are kept that it must not have", "Sum without keepdims=True.")
DROPPED = Cause("keepdims", "axes of length one are missing that it must have", "Sum with keepdims=True.")
RESHAPED = Cause("reshaped", "the numbers are right, and in another shape", "Reshape it to the shape of the input.")
BROADCAST_NOT_SUMMED = Cause(
    "sum-missing",
    "it is not summed over the axes along which the input is broadcast",
    "Sum it over these axes, to the shape of the input.",
)


def list_subsets(count: int) -> list[tuple[int, ...]]:
    """Return all sets of axes but the empty one, the smallest first; none of too many axes."""
    sizes = range(1, count + 1) if count <= MOST_AXES_SUMMED else range(0)
    return list(chain.from_iterable(combinations(range(count), n) for n in sizes))


def propose_other_shape(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the right numbers are returned in another shape."""
    claimed, right = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.shape == right.shape or claimed.size != right.size:
        return
    if [n for n in claimed.shape if n != 1] == [n for n in right.shape if n != 1]:
        yield Hypothesis(KEPT if claimed.ndim > right.ndim else DROPPED, right.reshape(claimed.shape))
    else:
        yield Hypothesis(RESHAPED, right.reshape(claimed.shape))


def propose_extra_sum(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient is summed or averaged over some of its own axes, and left so or broadcast back."""
    right, names = case.expected(i).value, name_input_axes(case, case.labels[i])
    for axes in list_subsets(right.ndim):
        for over in name_sets(names, axes):
            total, count = np.sum(right, axes, keepdims=True), np.prod([right.shape[k] for k in axes])
            words, hint = f"it is summed over {over}, which must be kept", f"Do not sum over {over}."
            averaged = f"it is averaged over {over}, which must be kept"
            for cause, value in (
                (Cause("sum-extra", words, hint), total),
                (Cause("sum-extra", averaged, f"Do not average over {over}."), total / max(count, 1)),
            ):
                yield Hypothesis(cause, value)
                yield Hypothesis(cause, np.squeeze(value, axes))
                yield Hypothesis(cause, np.broadcast_to(value, right.shape))


def name_sets(names: list[tuple[int, str]], axes: tuple[int, ...]) -> Iterator[str]:
    """Yield the names of a set of axes: "all axes" for all, each name of a single one, else a list."""
    if len(axes) > 1 and len(axes) == len(dict(names)):
        yield "all axes"
    elif len(axes) == 1:
        yield from (name for k, name in names if k == axes[0])
    else:
        yield join_names([next(name for k, name in names if k == axis) for axis in axes])


def propose_missing_sum(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that what the elements of an output contribute to the gradient is summed over too few of its axes, or
    over wrong ones."""
    split = split_contributions(case, i)
    claimed = case.claimed[i]
    if split is None or claimed is None:
        return
    j, contributions = split
    names = dict(name_output_axes(case, j))
    is_plain = has_fixed_rank(case, case.labels[i]) and all(has_fixed_rank(case, label) for label in case.labels)
    aligned = align(case, i, contributions)
    if aligned is None:
        yield from propose_kept_axes(case, i, contributions, names)
    elif is_plain:
        yield from propose_other_sums(case, i, aligned, names)
    else:
        yield Hypothesis(BROADCAST_NOT_SUMMED, aligned)
        for keepdims in (False, True):
            hint = "Sum over all axes but those of the input."
            cause = Cause("sum-missing", "it is summed over the first axis alone", hint)
            yield Hypothesis(cause, np.sum(aligned, aligned.ndim and 0, keepdims=keepdims))


def split_contributions(case: WrongCase, i: int) -> tuple[int, Values] | None:
    """Return the only output through which the gradient of input i comes, and what each of its elements contributes,
    shape (*output, *input); None where there are several such outputs."""
    rows = case.jacobian(i).value
    indices = np.arange(len(rows))
    parts = unflatten(indices, case.upstream)
    used = [j for j, part in enumerate(parts) if len(parts) == 1 or np.any(rows[part.ravel()])]
    if len(used) != 1:
        return None
    (j,) = used
    u = case.upstream[j]
    contributions = u.reshape(-1, 1) * rows[parts[j].ravel()]
    return j, contributions.reshape(u.shape + case.inputs[i].shape)


def align(case: WrongCase, i: int, contributions: Values) -> Values | None:
    """Return the contributions in the shape of the output where each element of it depends on one element of the input
    alone, as on that of a bias; None where some depend on more."""
    count, shape = case.inputs[i].size, contributions.shape[: contributions.ndim - case.inputs[i].ndim]
    rows = contributions.reshape(-1, count)
    if np.any(np.sum(np.abs(case.jacobian(i).value) > case.jacobian(i).error, axis=1) > 1):
        return None
    return np.asarray(rows.sum(axis=1).reshape(shape))


def propose_kept_axes(case: WrongCase, i: int, contributions: Values, names: dict[int, str]) -> Iterator[Hypothesis]:
    """Propose that the sum over one or two axes of the output is missing, which then stand before those of the
    input."""
    ndim = contributions.ndim - case.inputs[i].ndim
    for axes in chain.from_iterable(combinations(range(ndim), n) for n in range(1, MOST_AXES_KEPT + 1)):
        summed = tuple(k for k in range(ndim) if k not in axes)
        over = join_names([names[k] for k in axes])
        cause = Cause("sum-missing", f"the sum over {over} is missing", f"Sum it over {over}.")
        yield Hypothesis(cause, contributions.sum(summed))


def propose_other_sums(case: WrongCase, i: int, aligned: Values, names: dict[int, str]) -> Iterator[Hypothesis]:
    """Propose that contributions, one for each element of the output, are summed over other axes of it than those that
    give the right gradient."""
    right = case.expected(i).value
    everything = [(), *list_subsets(aligned.ndim)]
    proper = next((axes for axes in everything if gives(case, i, aligned.sum(axes), right)), None)
    for axes in everything if proper is not None else ():
        missing = [names[k] for k in proper or () if k not in axes]
        extra = [names[k] for k in axes if k not in (proper or ())]
        if not missing:
            continue
        over = join_names(missing)
        if extra:
            words = f"it is summed over {join_names(extra)} where the sum over {over} is right"
            cause = Cause("sum-wrong-axis", words, f"Sum over {over}, and keep {join_names(extra)}.")
        else:
            cause = Cause("sum-missing", f"the sum over {over} is missing", f"Sum it over {over}.")
        yield Hypothesis(cause, aligned.sum(axes))
        yield Hypothesis(cause, aligned.sum(axes, keepdims=True))
        if extra:
            average = Cause(cause.name, cause.words.replace("summed", "averaged", 1), cause.hint)
            yield Hypothesis(average, aligned.mean(axes))
            yield Hypothesis(average, aligned.mean(axes, keepdims=True))


def gives(case: WrongCase, i: int, total: Values, right: Values) -> bool:
    """Whether a sum has the right numbers, in whatever shape."""
    return total.size == right.size and case.are_equal(i, total.ravel(), right.ravel())
