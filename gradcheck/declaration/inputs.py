"""The inputs of an op: one array, or several in a row, and the labels by which they are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gradcheck.declaration.domain import Domain, real
from gradcheck.declaration.shape import Axis, DeclarationError, parse_shape


@dataclass(frozen=True)
class Array:
    """One input: its shape, its domain, and whether backward returns a gradient for it.

    Parameters
    ----------
    shape : str
        In the shape language: axes by name or length, ``"4*H"`` and ``"groups*C"`` for products, ``"*S"`` for any axes,
        ``"*#S"`` for those that broadcast to S, ``"?D"`` for an axis that differs between the members of a Several.
    domain : Domain, optional
        The values that it may take; by default every real number.
    gradient : bool, optional
        Whether backward returns a gradient for it; by default as its domain has one.

    Raises
    ------
    DeclarationError
        If the shape cannot be read, or the domain is none.

    Examples
    --------
    >>> from gradcheck import Array, positive
    >>> variance = Array("N D", positive())
    >>> variance.shape, variance.domain.name, variance.differentiable
    ('N D', 'positive(0.0625)', True)
    """

    shape: str
    domain: Domain = field(default_factory=real)
    gradient: bool | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.shape, str):
            raise DeclarationError(f"Array({self.shape!r}): a shape is text, as in Array('N D')")
        parse_shape(self.shape)
        if not isinstance(self.domain, Domain):
            given = (
                f"the function {getattr(self.domain, '__name__', '')}" if callable(self.domain) else repr(self.domain)
            )
            raise DeclarationError(
                f"Array({self.shape!r}): {given} is not a domain; write real(), positive(), indices('V') …"
            )

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The words of the shape."""
        return parse_shape(self.shape)

    @property
    def differentiable(self) -> bool:
        """Whether backward owes it a gradient."""
        return self.domain.gradient if self.gradient is None else self.gradient


@dataclass(frozen=True)
class Several:
    """A run of arrays that are passed to forward one after the other, each of which has a gradient.

    Parameters
    ----------
    array : Array
        What each of them is; "?D" in its shape is an axis that differs between them.
    least, most : int, optional
        The bounds of their number, inclusive.

    Raises
    ------
    DeclarationError
        If the bounds are not 1 <= least <= most.

    Examples
    --------
    >>> from gradcheck import Array, Op, Several, check
    >>> def forward(*xs):
    ...     return sum(xs), len(xs)
    >>> op = Op("add", forward, lambda dy, count: [dy] * count, inputs={"xs": Several(Array("N D"))})
    >>> print(check(op, examples=4, laws=("gradient",)).status)
    passed
    """

    array: Array
    least: int = 1
    most: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most:
            raise DeclarationError(f"Several: wants 1 <= least <= most, not {self.least} and {self.most}")


def input_name(label: str) -> str:
    """The declared name of the input with this label: "xs" of "xs[1]"."""
    return label.partition("[")[0]


def list_declared_arrays(inputs: Mapping[str, Array | Several]) -> list[Array]:
    """The declared arrays, the members of a Several once."""
    return [declared.array if isinstance(declared, Several) else declared for declared in inputs.values()]
