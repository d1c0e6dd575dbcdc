"""The lecture's stateful gate: it keeps on forward what backward needs."""

from typing import Any, Protocol


class Layer(Protocol):
    """What a gate needs of an op."""

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

    def __init__(self, op: Layer, **settings: Any) -> None:
        self.op, self.settings = op, settings
        self.cache: Any = None
        self.ran = False

    def forward(self, *inputs: Any) -> Any:
        """The output, or the tuple of outputs, of the op at these inputs."""
        y, self.cache = self.op.forward(*inputs, **self.settings)
        self.ran = True
        return y

    def backward(self, *upstream: Any) -> list[Any]:
        """One gradient per input of the last forward.  upstream: one per output.  Raises RuntimeError before any
        forward."""
        if not self.ran:
            raise RuntimeError(f"gate {self.op.name}: call forward before backward")
        gradients = self.op.backward(upstream if len(self.op.outputs) > 1 else upstream[0], self.cache)
        return list(gradients) if isinstance(gradients, (tuple, list)) else [gradients]
