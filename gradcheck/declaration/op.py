"""The declaration of an op, in one place."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from gradcheck.declaration.counterpart import read_counterpart
from gradcheck.declaration.gate import Gate
from gradcheck.declaration.input_declarations import InputDeclarations
from gradcheck.declaration.inputs import Array, Several, input_name
from gradcheck.declaration.names import collect_group_names, order_by_dependency
from gradcheck.declaration.origin import Origin
from gradcheck.declaration.settings import Setting, Whole
from gradcheck.declaration.shape import DeclarationError
from gradcheck.declaration.validation import (
    DTYPES,
    check_aliases,
    check_callable,
    check_dtypes,
    check_exceptions,
    check_inputs,
    check_names,
    check_op_name,
)


@dataclass(frozen=True)
class Op:
    """A forward, its hand-written backward, and everything that may be drawn for them.

    Parameters
    ----------
    name : str
        The name of the op.
    forward : callable
        ``forward(*inputs, **settings) -> (y, cache)``, or ``((h, c), cache)`` with several outputs.
    backward : callable
        ``backward(dy, cache)`` returns one gradient for each input, of its shape, None for an input that has none.
        With several outputs, dy is a tuple.
    reference : callable, optional
        ``reference(*inputs, **settings) -> y``: the textbook formula, written for the array API (`namespace`) or JAX,
        which shares no code with forward.
    inputs : mapping of str to Array or Several
        The inputs by name, in the order of forward.
    outputs : tuple of str, optional
        The names of the outputs.
    settings : mapping, optional
        The arguments of forward that are no arrays, by name: `whole`, `choice` or `rank`.
    sizes : mapping of str to Whole, optional
        Bounds for the lengths of axes.
    batch : str, optional
        The axis over which rows are independent of one another.
    kinks : callable, optional
        ``kinks(*inputs, **settings)``: signed distances to the places at which the derivative jumps.
    convention : str, optional
        The gradient at a kink: "zero", "first" and so on.
    dtypes : tuple of str, optional
        The dtypes in which it is checked.
    exceptions : mapping of str to str, optional
        For a law, the reason why the op lawfully departs from it.
    source, formula : str, optional
        Where the formula is from, and the formula in one line.
    family : str, optional
        The group under which reports list it; by default the module of backward.
    same_as : str, optional
        The op of the library that it computes, whose golden vectors are heard as a witness: "softmax", or
        "elu(alpha=1.0)" where a setting of that is fixed here.
    aliases : mapping of str to str, optional
        How other libraries call it: ``{"Caffe": "InnerProduct", "CS231n": "affine"}``, several names between spaces.
    example : mapping, optional
        Inputs at which `gradcheck show` works the op through, and, of inferred shapes, what is examined first.
    origin : Origin, optional
        What an adapter that made the op knows of it.

    Raises
    ------
    DeclarationError
        If the parts do not fit.

    Examples
    --------
    >>> from gradcheck import Array, Op, check
    >>> def forward(x, w):
    ...     return x @ w, (x, w)
    >>> def backward(dy, cache):
    ...     x, w = cache
    ...     return dy @ w.T, x.T @ dy
    >>> op = Op("linear", forward, backward, inputs={"x": Array("N D"), "w": Array("D M")}, batch="N")
    >>> print(check(op, examples=4, laws=("gradient",)).status)
    passed
    """

    name: str
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    reference: Callable[..., Any] | None = None
    inputs: Mapping[str, Array | Several] = field(kw_only=True)
    outputs: tuple[str, ...] = field(default=("y",), kw_only=True)
    settings: Mapping[str, Setting] = field(default_factory=dict, kw_only=True)
    sizes: Mapping[str, Whole] = field(default_factory=dict, kw_only=True)
    batch: str | None = field(default=None, kw_only=True)
    kinks: Callable[..., Any] | None = field(default=None, kw_only=True)
    convention: str | None = field(default=None, kw_only=True)
    dtypes: tuple[str, ...] = field(default=DTYPES, kw_only=True)
    exceptions: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    source: str = field(default="", kw_only=True)
    formula: str = field(default="", kw_only=True)
    family: str = field(default="", kw_only=True)
    same_as: str = field(default="", kw_only=True)
    aliases: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    example: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    origin: Origin = field(default=Origin(), kw_only=True)

    def __post_init__(self) -> None:
        if not self.family:
            object.__setattr__(self, "family", find_family(self.backward))
        try:
            check_declaration(self)
        except DeclarationError as error:
            raise DeclarationError(f"op {self.name!r}: {error}") from None

    @property
    def summary(self) -> str:
        """The formula in one line: the declared one, else the first line of the documentation of the file or the
        forward."""
        text = self.formula or self.forward.__doc__ or getattr(inspect.getmodule(self.forward), "__doc__", None) or ""
        return text.strip().split("\n")[0]

    @property
    def location(self) -> tuple[str, int]:
        """File and line of the backward; ("", 0) where there is no source."""
        return locate_definition(self.backward)

    @cached_property
    def group_names(self) -> list[str]:
        """The names of groups of axes, in order of appearance."""
        return collect_group_names(self.inputs)

    @cached_property
    def drawing_order(self) -> list[str]:
        """Settings and sizes, each behind those that its bounds speak of."""
        return order_by_dependency(self.inputs, self.settings, self.sizes)

    @cached_property
    def cached_input_declarations(self) -> dict[tuple[str, ...], InputDeclarations]:
        """The declarations by labels: as many as there are lengths of its lists of inputs."""
        return {}

    def input_declarations(self, labels: tuple[str, ...]) -> InputDeclarations:
        """The declarations of inputs with these labels, looked up once."""
        if labels not in self.cached_input_declarations:
            arrays = tuple(self.array(label) for label in labels)
            self.cached_input_declarations[labels] = InputDeclarations(arrays, self.batch)
        return self.cached_input_declarations[labels]

    def array(self, label: str) -> Array:
        """The declaration of the input with this label: "x", or "xs[1]" in a Several."""
        declared = self.inputs[input_name(label)]
        return declared.array if isinstance(declared, Several) else declared

    def as_gate(self, **settings: Any) -> Gate:
        """The lecture's gate: forward(x, y) keeps what backward(dz) needs."""
        return Gate(self, **settings)

    def with_origin(self, **changes: Any) -> "Op":
        """Return the op with other fields of its origin."""
        return replace(self, origin=replace(self.origin, **changes))

    def with_note(self, note: str) -> "Op":
        """Return the op with one more note for reports."""
        return self.with_origin(notes=(*self.origin.notes, note))

    def implemented_by(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> "Op":
        """Return the declaration with another forward and backward."""
        return replace(self, forward=forward, backward=backward)


def check_declaration(op: Op) -> None:
    """Everything that a declaration can get wrong by itself.  Raises DeclarationError."""
    check_op_name(op.name)
    check_callable("forward", op.forward)
    check_callable("backward", op.backward)
    for part, function in {"reference": op.reference, "kinks": op.kinks}.items():
        if function is not None:
            check_callable(part, function)
    check_inputs(op.inputs)
    check_names(op.inputs, op.settings, op.sizes, op.batch)
    check_exceptions(op.exceptions)
    check_dtypes(op.dtypes)
    check_aliases(op.aliases)
    if op.same_as:
        read_counterpart(op.same_as)


def find_family(function: Any) -> str:
    """Where a function lives: the folder of the library, or the user's module."""
    module = str(getattr(function, "__module__", "") or "")
    return module.split(".")[2] if module.startswith("gradcheck.ops.") else module


def locate_definition(function: Callable[..., Any]) -> tuple[str, int]:
    """File and line of a function, or of what it says that it was written as; ("", 0) where there is no source."""
    written: Any = getattr(function, "written_at", function)
    if isinstance(written, tuple):
        return written
    code = getattr(inspect.unwrap(written), "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else ("", 0)
