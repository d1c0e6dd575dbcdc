"""Faults that few inputs trigger: a size, a magnitude, a value, a setting, a constant of the code, an earlier call.

Each is an op of the library whose backward halves its first gradient where a condition holds, or whose forward or
backward keeps something from call to call.  Beside each stands its right twin: the same code, with nothing after the
condition, or nothing kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle, islice
from typing import Any

import numpy as np

from gradcheck import load
from gradcheck.declaration.op import Op

CONDITIONAL = """
def forward(*inputs, **settings):
    y, inner = OP.forward(*inputs, **settings)
    return y, (inner, inputs, settings)

def backward(dy, cache):
    inner, inputs, settings = cache
    gradients = OP.backward(dy, inner)
    x, u = inputs[0], dy[0] if isinstance(dy, tuple) else dy
    if {condition}:
        gradients = {then}
    return gradients
"""
STALE_BUFFER = """
def forward(*inputs, **settings):
    shapes = [a.shape for a in inputs], settings
    y, inner = OP.forward(*inputs, **settings)
    if {condition}:
        KEPT.update(shapes=shapes, inner=inner)
    return y, KEPT["inner"]

backward = OP.backward
"""
CACHED_OUTPUT = """
def forward(x):
    y = OP.forward(x)[0]
    return y, {cached}

def backward(dy, y):
    return dy * ({slope})
"""
REUSED_GRADIENT = """
def forward(*inputs, **settings):
    return OP.forward(*inputs, **settings)

def backward(dy, cache):
    dx = OP.backward(dy, cache)
    kept = KEPT.setdefault((dx.shape, dx.dtype), np.empty_like(dx))
    kept[...] = dx
    return {returned}
"""
COUNTED = """
def forward(*inputs, **settings):
    return OP.forward(*inputs, **settings)

def backward(dy, cache):
    gradients = OP.backward(dy, cache)
    KEPT["calls"] = KEPT.get("calls", 0) + 1
    if KEPT["calls"] % 3 == 0:
        gradients = {then}
    return gradients
"""
"""The code of a fault, and of its right twin: they differ in one expression."""


@dataclass(frozen=True)
class RareFault:
    """A fault with a rare trigger.  family: what kind of trigger; condition: the trigger, in Python or in words."""

    family: str
    op_name: str
    condition: str
    template: str
    in_wrong: Mapping[str, str]
    in_right: Mapping[str, str]

    @property
    def name(self) -> str:
        """A name that no other fault has."""
        return f"{self.op_name}: {self.condition}"

    def make_wrong(self) -> Op:
        """The wrong op, which has met no input yet."""
        return build(load("", self.op_name), self.template.format(**self.in_wrong))

    def make_right(self) -> Op:
        """Its right twin."""
        return build(load("", self.op_name), self.template.format(**self.in_right))


def build(op: Op, source: str) -> Op:
    """The op with the forward and the backward of a source, and without the golden vectors that nobody else has."""
    names: dict[str, Any] = {"OP": op, "np": np, "KEPT": {}, "halved": halved}
    exec(compile(source, f"<rare {op.name}>", "exec"), names)
    return replace(op, forward=names["forward"], backward=names["backward"], same_as="")


def halved(gradients: Any) -> Any:
    """Gradients, of which the first is half of what it was."""
    if not isinstance(gradients, tuple):
        return gradients / 2
    first = next(i for i, g in enumerate(gradients) if g is not None)
    return tuple(g / 2 if i == first else g for i, g in enumerate(gradients))


ROWS = ("linear", "two_layer_net", "rnn_step", "euclidean_loss", "maxout", "softmax_cross_entropy", "attention",
        "layer_norm", "lstm_step", "log_softmax", "conv2d", "batch_norm", "three_layer_net", "dropout")  # fmt: skip
FREE = ("relu", "sin", "square", "multiply", "leaky_relu", "add", "mean_squared_error", "tanh", "abs", "circuit", "elu")
MATRICES = ("linear", "two_layer_net", "rnn_step", "softmax_cross_entropy", "three_layer_net")
STEEP = ("linear", "square", "multiply", "leaky_relu", "matmul", "mean_squared_error", "add", "scale", "subtract",
         "sum", "conv2d", "bias")  # fmt: skip
"""Ops whose gradient is not zero far out."""
PAIRS = ("multiply", "subtract", "add", "circuit", "patterns")
ORDERED = ("sin", "square", "multiply", "leaky_relu", "linear", "matmul", "squared_norm", "scale")

SIZES = {
    "len(x) == 5": ROWS,
    "len(x) == 9": ROWS,
    "len(x) == 17": ROWS,
    "len(x) == 33": ROWS,
    "len(x) == 65": ROWS,
    "len(x) > 128": ROWS,
    "x.size == 17": FREE,
    "x.size == 64": FREE,
    "x.size > 100": FREE,
    "x.shape[-1] == 7": ROWS,
    "x.shape[-1] > 9": ROWS,
    "x.shape[-1] > x.shape[0] + 3": MATRICES,
    "x.shape[0] == x.shape[1] > 2": MATRICES,
    "x.size > 8 and x.size % 2": ROWS,
}
SETTINGS = {
    "settings['stride'] == 2 and settings['pad'] == 1": ("conv2d", "max_pool2d", "average_pool2d"),
    "settings['stride'] > settings['kernel']": ("max_pool2d", "average_pool2d"),
    "settings['groups'] == 2 and len(x) > 1": ("conv2d",),
    "settings['axis'] != 0 and len(x) > 4": ("mean", "sum", "max", "scale"),
}
MAGNITUDES = {
    "np.max(np.abs(x), initial=0) > 1e3": STEEP,
    "np.max(np.abs(x), initial=0) > 1e5": STEEP,
    "np.max(np.abs(x), initial=0) > 9e5": STEEP,
    "np.any((x != 0) & (np.abs(x) < 1e-4))": STEEP,
    "np.any((x != 0) & (np.abs(x) < 1e-7))": STEEP,
    "np.max(np.abs(u), initial=0) > 1e6": ROWS,
    "0 < np.max(np.abs(u), initial=0) < 1e-6": ROWS,
}
VALUES = {
    "np.any((x == 0) & np.signbit(x))": ORDERED,
    "np.any(x == 0.5)": ORDERED,
    "x.size > 2 and np.all(x == x.flat[0])": ORDERED,
    "x.size > 3 and np.all(np.diff(x.ravel()) > 0)": ORDERED,
    "x.size > 4 and np.all(x < 0)": ORDERED,
    "x.size > 4 and np.count_nonzero(x) == 1": ORDERED,
    "x.size > 1 and np.array_equal(x, inputs[1]) and np.any(x)": PAIRS,
    "x.size > 1 and np.array_equal(x, -inputs[1]) and np.any(x)": PAIRS,
    "len(x) > 2 and np.all(inputs[1] == x.shape[1] - 1)": ("softmax_cross_entropy", "svm_hinge"),
    "len(x) > 2 and len(set(inputs[1].tolist())) == len(x)": ("softmax_cross_entropy", "svm_hinge"),
    "x.size > 4 and np.all(inputs[1] == 1)": ("dropout",),
    "x.size > 4 and len(np.unique(x)) == 1": ("embedding",),
    "len(x) > 2 and np.array_equal(x[0], x[1]) and np.any(x[0] != x[-1])": ("linear", "two_layer_net", "rnn_step"),
}
CONSTANTS = {
    "x.size > 4096": FREE,
    "len(x) == 37": ROWS,
    "np.any(x == 0.3)": ORDERED,
    "np.any(np.abs(x - 2.7182) < 1e-3)": ORDERED,
    "np.any(x == 1000.5)": STEEP,
}
CASES_OF_EACH = {"size": 5, "setting": 4, "magnitude": 5, "value": 4, "constant": 4}
TEXTS = {"size": SIZES, "setting": SETTINGS, "magnitude": MAGNITUDES, "value": VALUES, "constant": CONSTANTS}
SLOPES = {"tanh": "1 - y**2", "sigmoid": "y * (1 - y)", "exp": "y", "sqrt": "1 / (2 * y)"}


@cache
def rare_faults() -> tuple[RareFault, ...]:
    """Every fault, the same order each time."""
    return (*conditional_faults(), *faults_of_state())


def conditional_faults() -> Iterator[RareFault]:
    """The faults that a condition on the inputs, the upstream or the settings triggers, each on a few ops in turn."""
    for family, conditions in TEXTS.items():
        turns: dict[Sequence[str], Iterator[str]] = {}
        for condition, ops in conditions.items():
            turn = turns.setdefault(ops, cycle(ops))
            for op_name in islice(turn, min(CASES_OF_EACH[family], len(ops))):
                words = {"condition": condition}
                wrong, right = words | {"then": "halved(gradients)"}, words | {"then": "gradients"}
                yield RareFault(family, op_name, condition, CONDITIONAL, wrong, right)


def faults_of_state() -> Iterator[RareFault]:
    """The faults that an earlier call triggers, or what the caller does with a result."""
    make: Callable[..., RareFault] = lambda *parts: RareFault("state", *parts)  # noqa: E731
    for name in ("linear", "square", "conv2d", "two_layer_net", "softmax_cross_entropy", "matmul"):
        stale = {"condition": 'KEPT.get("shapes") != shapes'}
        yield make(name, "a buffer is refilled when shapes change", STALE_BUFFER, stale, {"condition": "True"})
    for name, slope in SLOPES.items():
        words = {"slope": slope}
        yield make(
            name, "the output is the cache", CACHED_OUTPUT, words | {"cached": "y"}, words | {"cached": "y.copy()"}
        )
    for name in ("sin", "relu", "log_softmax", "square"):
        wrong, right = {"returned": "kept"}, {"returned": "kept.copy()"}
        yield make(name, "the gradient is a buffer", REUSED_GRADIENT, wrong, right)
    for name in ("multiply", "linear", "layer_norm", "tanh"):
        yield make(name, "every third call", COUNTED, {"then": "halved(gradients)"}, {"then": "gradients"})
