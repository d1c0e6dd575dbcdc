"""What every checker is given: nine ops, shapes drawn from a seed, random inputs, and the same ops with a fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Whole, choice, whole
from gradcheck.discovery.library import load_library_ops
from gradcheck.generation.configuration import Configuration, draw_configuration
from gradcheck.records.case import Case

LONGEST = 8
"""Axes are 1 to 8 long."""

MOST_ELEMENTS = 256
"""Of all inputs together, and of all outputs: the sizes that people check their layers at."""

SMALL_FAULT, LARGE_FAULT = 1e-3, 0.1
"""By what share the faulty element of a gradient is too large."""


@dataclass(frozen=True)
class Timed:
    """How an op of the library is timed: the fixed settings, and bounds of axes where 1 to LONGEST does not suit."""

    settings: Mapping[str, Any]
    bounds: Mapping[str, Whole]


TIMED = {
    "add": Timed({}, {}),
    "sigmoid": Timed({}, {}),
    "softmax": Timed({}, {"C": whole(2, LONGEST)}),  # of one score alone the gradient is zero, and no fault shows
    "layer_norm": Timed({"eps": 1e-5}, {"D": whole(3, LONGEST)}),  # of one or two features it is zero but for eps
    "linear": Timed({}, {}),
    "conv2d": Timed(
        {"stride": 1, "pad": 1, "dilation": 1, "groups": 1},
        {"H": whole(2, LONGEST), "W": whole(2, LONGEST), "K": whole(1, 3), "L": whole(1, 3)},
    ),
    "max_pool2d": Timed({"kernel": 2, "stride": 2, "pad": 0}, {"H": whole(2, LONGEST), "W": whole(2, LONGEST)}),
    "lstm_step": Timed({}, {}),
    "attention": Timed({}, {"S": whole(2, LONGEST)}),
}


@dataclass(frozen=True)
class Task:
    """One op at one shape."""

    op: Op
    configuration: Configuration

    def case(self, rng: np.random.Generator) -> Case:
        """Normal inputs and a normal upstream at this shape."""
        return case_at(self.op, self.configuration.shapes, self.configuration.settings, rng)


class Seeded:
    """A Source of configurations: every choice from one generator, sizes within the bounds of the op's axes."""

    def __init__(self, rng: np.random.Generator, bounds: Mapping[str, Whole]) -> None:
        self.rng, self.bounds = rng, bounds

    def choose(self, least: int, most: int) -> int:
        """A setting, a rank, or whether an axis is broadcast."""
        return int(self.rng.integers(least, most + 1))

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is."""
        bound = self.bounds.get(name)
        longest = LONGEST if bound is None or bound.most is None else bound.most.value({})
        return int(self.rng.integers(least, max(least, longest) + 1))


def ops() -> dict[str, Op]:
    """The timed ops of the library by name, their settings fixed."""
    found = {op.name: op for op in load_library_ops()}
    return {name: fixed(found[name], timed) for name, timed in TIMED.items()}


def fixed(op: Op, timed: Timed) -> Op:
    """The op with one value for each setting."""
    settings = {
        name: whole(value, value) if isinstance(op.settings[name], Whole) else choice(value)
        for name, value in timed.settings.items()
    }
    return replace(op, settings=settings, sizes=timed.bounds)


def tasks(shapes: int, seed: int) -> list[Task]:
    """`shapes` different shapes of each op, in an order of their own: the same list for the same seed."""
    rng = np.random.default_rng(seed)
    drawn = [Task(op, configuration) for op in ops().values() for configuration in configurations(op, shapes, rng)]
    return [drawn[i] for i in rng.permutation(len(drawn))]


def configurations(op: Op, count: int, rng: np.random.Generator) -> list[Configuration]:
    """Different configurations of at most MOST_ELEMENTS elements before and behind the op."""
    found: dict[Any, Configuration] = {}
    while len(found) < count:
        configuration = draw_configuration(op, Seeded(rng, TIMED[op.name].bounds))
        if elements(configuration) <= MOST_ELEMENTS and outputs(op, configuration) <= MOST_ELEMENTS:
            found.setdefault(configuration.key, configuration)
    return list(found.values())


def elements(configuration: Configuration) -> int:
    """Elements of all inputs together."""
    return sum(int(np.prod(shape, dtype=int)) for shape in configuration.shapes.values())


def outputs(op: Op, configuration: Configuration) -> int:
    """Elements of all outputs together."""
    return sum(u.size for u in Task(op, configuration).case(np.random.default_rng(0)).upstream)


def case_at(
    op: Op, shapes: Mapping[str, tuple[int, ...]], settings: Mapping[str, Any], rng: np.random.Generator
) -> Case:
    """Normal inputs of these shapes, and a normal upstream of the outputs' shapes."""
    inputs = {label: rng.normal(size=shape) for label, shape in shapes.items()}
    outputs = op.forward(*inputs.values(), **settings)[0]
    upstream = tuple(rng.normal(size=y.shape) for y in (outputs if len(op.outputs) > 1 else (outputs,)))
    return Case(op.name, inputs, upstream, dict(settings), int(rng.integers(2**31)))


def forward_and_backward(op: Op, case: Case) -> None:
    """The work that is checked: the op's own forward and backward."""
    _, cache = op.forward(*case.point, **case.settings)
    op.backward(case.upstream if len(op.outputs) > 1 else case.upstream[0], cache)


def planted(op: Op, which: int, share: float) -> Op:
    """The op with a fault: the largest element of one gradient is too large by this share.  For NumPy and JAX alike."""

    def backward(upstream: Any, cache: Any) -> Any:
        gradients = op.backward(upstream, cache)
        if not isinstance(gradients, tuple):
            return largest_scaled(gradients, 1 + share)
        return tuple(largest_scaled(g, 1 + share) if i == which else g for i, g in enumerate(gradients))

    return replace(op, backward=backward)


def largest_scaled(gradient: Any, factor: float) -> Any:
    """The gradient with its largest element multiplied."""
    xp = namespace(gradient)
    flat = xp.reshape(gradient, (-1,))
    largest = xp.arange(flat.shape[0]) == xp.argmax(xp.abs(flat))
    return xp.reshape(xp.where(largest, factor, 1.0) * flat, gradient.shape)


def counting(op: Op, calls: dict[str, int]) -> Op:
    """The op, counting in `calls` how often its forward and its backward run."""

    def counted(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **settings: Any) -> Any:
            calls[part] = calls.get(part, 0) + 1
            return function(*args, **settings)

        return run

    return replace(op, forward=counted("forward", op.forward), backward=counted("backward", op.backward))


FIRST = Op(
    "first",
    lambda x: (3 * x, None),
    lambda dy, cache: 3 * dy,
    lambda x: 3 * x,
    inputs={"x": Array("N")},
)
"""What each checker is given before the clock runs, so that its library is loaded.  Not among the timed ops."""
