"""The forward is watched operation by operation, and runs again with one of them changed."""

import numpy as np

from gradcheck import Array, Op
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.causes.watched_forward import MOST_OPERATIONS, WatchedArray, watch_forward


def double_then_sum(x):
    y = 2 * x
    return np.asarray(y).sum(axis=1), None


def loop(x):
    y = x
    for _ in range(MOST_OPERATIONS + 1):
        y = y + 1
    return y, None


def assigned_parts(x):
    total = np.zeros(x.shape[0])
    for j in range(x.shape[1]):
        total += x[:, j] * x[:, j]
    return total, None


def watched(forward):
    """The first telling case of an op of one matrix, watched."""
    op = Op("watched", forward, lambda dy, cache: np.zeros((1, 1)), inputs={"x": Array("N D")})
    case = next(iter(draw_telling_cases(op, 0)))
    return case, watch_forward(case.evaluator, 0)


def functions(forward):
    """The names of the operations seen, in order."""
    return [o.function for row in watched(forward)[1].seen.values() for o in row]


def test_operations_are_seen_behind_a_conversion():
    assert functions(double_then_sum) == ["multiply", "add.reduce"]


def test_operations_of_a_loop_stand_at_one_spot():
    case, seen = watched(assigned_parts)
    assert [len(row) for row in seen.seen.values()] == [case.inputs[0].shape[1]] * len(seen.seen)


def test_a_forward_of_too_many_operations_is_not_watched():
    assert watched(loop)[1] is None


def test_a_result_held_constant_leaves_the_outputs():
    case, seen = watched(double_then_sum)
    first = next(iter(seen.seen))
    moved = case.inputs[0] + 1
    (held,) = seen.run(moved, {first: lambda before, now, round: before.result})
    (free,) = seen.run(moved, {})
    assert np.array_equal(held, case.outputs[0])
    assert np.array_equal(free, case.outputs[0] + 2 * moved.shape[1])


def test_an_operation_of_another_shape_is_another_course():
    case, seen = watched(double_then_sum)
    first = next(iter(seen.seen))
    assert seen.run(case.inputs[0], {first: lambda before, now, round: np.zeros(7)}) is None


def test_numbers_stay_as_they_are():
    x = np.array([1.0, 2.0]).view(WatchedArray)
    assert float(x[0]) == 1.0
    assert np.array_equal(np.exp(x), np.exp([1.0, 2.0]))
