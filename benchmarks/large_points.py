"""What a check costs at a point of a million elements: in runs of the op's own forward and backward, and in memory.

Nobody waits for a check of a real layer that takes longer than a few dozen training steps, or that needs many times the
memory of one.  Each row is measured in a process of its own, libraries loaded: once for the time, once for the calls
and the memory, which tracing would slow down.
"""

import gc
import os
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

import numpy as np

from fresh import in_fresh_process
from gradcheck import adapt, assert_correct
from gradcheck.checking.op_check import OpCheck, examine_case
from gradcheck.declaration.op import Op
from gradcheck.discovery.library import load_library_ops
from gradcheck.generation.chosen_point import make_case_at
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.running.supervisor import THREAD_VARIABLES
from large_layers import (
    affine,
    affine_backward,
    conv,
    conv_backward,
    lstm,
    lstm_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
)

REPEATED = 7
"""Runs of the op's own forward and backward, of which the median counts."""

Run = Callable[[], Any]
Pair = tuple[Callable[..., Any], Callable[..., Any]]


@dataclass(frozen=True)
class LargePoint:
    """A forward and a backward as a user writes them, or the name of an op of the library, and the shapes of the
    inputs, which are normal numbers times a scale."""

    pair: Pair | str
    shapes: Sequence[tuple[int, ...]]
    scales: Sequence[float]
    settings: tuple[tuple[str, Any], ...] = ()

    def draw(self, seed: int) -> tuple[np.ndarray[Any, Any], ...]:
        """The point."""
        rng = np.random.default_rng(seed)
        return tuple(scale * rng.normal(size=shape) for shape, scale in zip(self.shapes, self.scales, strict=True))


IMAGES, FILTERS = (64, 3, 32, 32), (16, 3, 3, 3)
POINTS = {
    "sigmoid": LargePoint((sigmoid, sigmoid_backward), [(10**6,)], [1.0]),
    "relu": LargePoint((relu, relu_backward), [(1000, 1000)], [1.0]),
    "affine": LargePoint((affine, affine_backward), [(1024, 896), (896, 128), (128,)], [1.0, 0.03, 1.0]),
    "sigmoid_of_ten_million": LargePoint((sigmoid, sigmoid_backward), [(10**7,)], [1.0]),
    "conv": LargePoint((conv, conv_backward), [IMAGES, FILTERS, (16,)], [1.0, 0.2, 1.0]),
    "conv2d": LargePoint(
        "conv2d",
        [IMAGES, FILTERS, (16,)],
        [1.0, 0.2, 1.0],
        (("stride", 1), ("pad", 1), ("dilation", 1), ("groups", 1)),
    ),
    "lstm": LargePoint(
        (lstm, lstm_backward),
        [(200, 45, 100), (45, 100), (45, 100), (100, 400), (100, 400), (400,)],
        [1.0, 0.5, 0.5, 0.1, 0.1, 0.1],
    ),
}


def large_points(seed: int, names: Sequence[str] = tuple(POINTS)) -> list[dict[str, Any]]:
    """One row per op and check: the law gradient alone at the point, and assert_correct with all laws."""
    with one_thread():
        return [
            in_fresh_process(timed, name, check, seed) | in_fresh_process(traced, name, check, seed)
            for name in names
            for check in CHECKS
        ]


@contextmanager
def one_thread() -> Iterator[None]:
    """Processes that begin meanwhile multiply matrices on one thread: several that wait for each other on a busy
    machine take CPU time without end."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def check_gradient(point: LargePoint, pair: Pair, at: Sequence[Any]) -> Run:
    """The law gradient on the one case, the op and the case being there already."""
    op = find_op(point) if isinstance(point.pair, str) else adapt(*pair, at=at)
    case = make_case_at(op, at, dict(point.settings), 0)
    op = OpCheck(op, ()).op

    def run() -> None:
        assert not examine_case(op, case, [load_laws()["gradient"]])["gradient"].findings

    return run


def check_all(point: LargePoint, pair: Pair, at: Sequence[Any]) -> Run:
    """What a user calls, from beginning to end."""
    if isinstance(point.pair, str):
        return lambda: assert_correct(find_op(point), at=at, settings=dict(point.settings))
    return lambda: assert_correct(*pair, at=at)


CHECKS = {"gradient": check_gradient, "all laws": check_all}


def find_op(point: LargePoint) -> Op:
    """The op of the library."""
    return next(op for op in load_library_ops() if op.name == point.pair)


def plain_pair(point: LargePoint) -> Pair:
    """Forward and backward, as the user has them."""
    if not isinstance(point.pair, str):
        return point.pair
    op, settings = find_op(point), dict(point.settings)
    return lambda *inputs: op.forward(*inputs, **settings), op.backward


def timed(name: str, check: str, seed: int) -> dict[str, Any]:
    """CPU seconds of the check, of the op's own forward and backward, and how many times the one is the other."""
    point = POINTS[name]
    pair, at = plain_pair(point), point.draw(seed)
    with silence_warnings():
        own = float(np.median([cpu_seconds(lambda: run_pair(pair, at)) for _ in range(REPEATED)]))
        run = loaded(CHECKS[check](point, pair, at))
        seconds = cpu_seconds(run)
    elements = sum(a.size for a in at)
    return {"op": name, "check": check, "elements": elements, "seconds": seconds, "pairs": seconds / own}


def traced(name: str, check: str, seed: int) -> dict[str, Any]:
    """How often the check calls forward and backward, and the most memory that it needs beyond what the op needs: in
    arrays of the size of all inputs, and of that of the outputs where these are larger, as those of a convolution."""
    point, calls = POINTS[name], {"forward": 0, "backward": 0}
    pair, at = plain_pair(point), point.draw(seed)
    with silence_warnings():
        run = loaded(CHECKS[check](point, count_calls(pair, calls), at))
        calls.update(forward=0, backward=0)
        own, most = traced_peak(lambda: run_pair(pair, at)), traced_peak(run)
    size = sum(a.nbytes for a in at)
    largest = max(size, pair[0](*at)[0].nbytes)
    counts = {f"{part}_calls": count for part, count in calls.items()}
    return counts | {
        "arrays": (most - own) / size,
        "own_arrays": own / size,
        "arrays_of_outputs": (most - own) / largest,
    }


def loaded(run: Run) -> Run:
    """The check, libraries loaded by a small one of another pair."""
    assert_correct(lambda x: (3 * x, None), lambda dy, cache: 3 * dy, at=[np.ones(3)], examples=1)
    return run


def run_pair(pair: Pair, at: Sequence[Any]) -> None:
    """Forward, and backward for ones."""
    y, cache = pair[0](*at)
    pair[1](np.ones_like(y), cache)


def count_calls(pair: Pair, calls: dict[str, int]) -> Pair:
    """The pair, counting in `calls` how often each runs: on NumPy's arrays, not where JAX traces it."""

    def count(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def run(*args: Any) -> Any:
            calls[part] += 1
            return function(*args)

        return run

    return count("forward", pair[0]), count("backward", pair[1])


def cpu_seconds(run: Run) -> float:
    """CPU seconds of all threads."""
    before = time.process_time()
    run()
    return time.process_time() - before


def traced_peak(run: Run) -> int:
    """The most bytes that NumPy and Python hold at a time, beyond those that they hold before."""
    gc.collect()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
