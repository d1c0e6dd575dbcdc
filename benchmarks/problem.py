"""An op at one point, as other gradient checkers want it: a function of the inputs that have a gradient alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import add_upstream
from gradcheck.generation.configuration import (
    Configuration,
    PinnedChoices,
    draw_configuration,
    limit_to_usual,
)
from gradcheck.generation.values import count_elements, map_to_domains
from gradcheck.records.case import Case

Array = np.ndarray[Any, Any]
Arrays = tuple[Array, ...]
DRAWN, MOST_ELEMENTS = 24, 256
"""Layouts among which the one of middling size is taken, and how large it may be: what people check a layer at."""


@dataclass(frozen=True)
class Problem:
    """The hand-written pair at one case.  Labels, masks and other inputs without a gradient stay as they are."""

    op: Op
    case: Case

    @property
    def moving(self) -> tuple[int, ...]:
        """Which inputs have a gradient."""
        return tuple(i for i, label in enumerate(self.case.inputs) if self.op.array(label).differentiable)

    @property
    def point(self) -> Arrays:
        """Copies of those inputs."""
        return tuple(np.array(self.case.point[i]) for i in self.moving)

    def forward(self, *moved: Array) -> tuple[Arrays, Any]:
        """Outputs and cache."""
        given = dict(zip(self.moving, moved, strict=True))
        inputs = [given.get(i, a) for i, a in enumerate(self.case.point)]
        outputs, cache = self.op.forward(*inputs, **self.case.settings)
        return tuple(map(np.asarray, several(outputs))), cache

    def backward(self, upstream: Arrays, cache: Any) -> tuple[Array | None, ...]:
        """One gradient per moving input, None where the hand-written backward says so."""
        gradients = several(self.op.backward(upstream if len(self.op.outputs) > 1 else upstream[0], cache))
        if len(gradients) != len(self.case.point):
            raise TypeError(f"backward returned {len(gradients)} gradients for {len(self.case.point)} inputs")
        return tuple(None if gradients[i] is None else np.asarray(gradients[i], order="C") for i in self.moving)

    def projected(self, outputs: Arrays) -> float:
        """All outputs as one number, weighted by the upstream, for checkers of scalar functions."""
        return float(sum(np.sum(y * u) for y, u in zip(outputs, self.case.upstream, strict=True)))


def several(values: Any) -> tuple[Any, ...]:
    """A tuple or list as a tuple, anything else as a tuple of one."""
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


class ByHand:
    """A Source that chooses as people do: no axis of length one where it can be longer."""

    def __init__(self, *key: object) -> None:
        self.choose = PinnedChoices(*key).choose

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is."""
        return self.choose(min(max(least, 2), most), limit_to_usual(least, most))


def by_hand(op: Op, seed: int, name: str) -> Case:
    """The case at which a user of another checker would ask: one fixed shape, normal values mapped into the domain.
    name: what the choices hang on beside the seed, so that a fault sees the same as the correct op beside it."""
    configuration, counter = middling(op, seed, name), PinnedChoices(seed, name, "by hand")
    points = normal(counter, sum(count_elements(configuration)))
    case = Case(op.name, map_to_domains(configuration, points), (), configuration.settings, seed)
    return add_upstream(op, case, lambda outputs: tuple(normal(counter, y.size).reshape(y.shape) for y in outputs))


def middling(op: Op, seed: int, name: str) -> Configuration:
    """Of a few configurations that of middling size, among those not too large, and among these where it can be
    of those that have no input of one element."""
    drawn = sorted((draw_configuration(op, ByHand(seed, name, i)) for i in range(DRAWN)), key=size)
    fair = [configuration for configuration in drawn if size(configuration) <= MOST_ELEMENTS] or drawn[:1]
    fair = [configuration for configuration in fair if min(count_elements(configuration)) > 1] or fair
    return fair[len(fair) // 2]


def size(configuration: Configuration) -> int:
    """Elements of all inputs together."""
    return sum(count_elements(configuration))


def normal(counter: PinnedChoices, count: int) -> Array:
    """Normal random numbers from a counter."""
    return np.random.Generator(counter.bit_generator).normal(size=count)
