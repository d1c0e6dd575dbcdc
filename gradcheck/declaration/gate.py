"""The lecture's stateful gate: it keeps on forward what backward needs."""

from typing import Any, Protocol


class GateOp(Protocol):
    """The parts of an op that a gate needs."""

    @property
    def name(self) -> str:
        """How it is called."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of its outputs."""

    @property
    def forward(self) -> Any:
        """forward(*inputs, **settings) -> (y, cache)."""

    @property
    def backward(self) -> Any:
        """backward(upstream, cache) -> gradients."""


class Gate:
    """An op with its settings and, after forward, its cache.  Source: CS231n lecture 4, modular implementation."""

    def __init__(self, op: GateOp, **settings: Any) -> None:
        self.op, self.settings = op, settings
        self.cache: Any = None
        self.has_run = False

    def forward(self, *inputs: Any) -> Any:
        """The output, or the tuple of outputs, of the op at these inputs."""
        y, self.cache = self.op.forward(*inputs, **self.settings)
        self.has_run = True
        return y

    def backward(self, *upstream: Any) -> list[Any]:
        """One gradient per input of the last forward.  upstream: one per output.  Raises RuntimeError before any
        forward."""
        if not self.has_run:
            raise RuntimeError(f"gate {self.op.name}: call forward before backward")
        gradients = self.op.backward(upstream if len(self.op.outputs) > 1 else upstream[0], self.cache)
        return list(gradients) if isinstance(gradients, (tuple, list)) else [gradients]
