"""The declaration language: an op is one declaration in one place."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.declaration.domain import Domain, real
from gradcheck.declaration.gate import Gate
from gradcheck.declaration.shape import Axis, DeclarationError, Expression, parse_shape

DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Array:
    """One input: its shape, its domain, and whether backward returns a gradient for it.

    Parameters
    ----------
    shape : str
        In the shape language: axes by name or length, "4*H" and "groups*C" for products, "*S" for any axes, "*#S" for
        those that broadcast to S, "?D" for an axis that differs between the members of a Several.
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


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, each a number or an expression; None above means unbounded."""

    least: Expression
    most: Expression | None

    @property
    def names(self) -> frozenset[str]:
        """The names its bounds speak of."""
        return self.least.names | (self.most.names if self.most else frozenset())


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    options: tuple[Any, ...]


@dataclass(frozen=True)
class Rank:
    """The number of axes in a group: "A" in "*A ?D *B" gives the axis that concat joins."""

    group: str


Setting = Whole | Choice | Rank


def whole(least: int | str, most: int | str | None) -> Whole:
    """A setting that is a whole number between two bounds, or the bounds of an axis.

    Parameters
    ----------
    least : int or str
        The lower bound, inclusive.
    most : int, str or None
        The upper bound, inclusive; None for none.  Both may be expressions over axes and settings, such as
        "dilation*(K-1)+1-2*pad".

    Returns
    -------
    Whole
        For `Op` as settings or sizes, and for `adapt`.

    Raises
    ------
    DeclarationError
        If a bound cannot be read.

    Examples
    --------
    >>> from gradcheck import whole
    >>> bounds = whole(1, "K-1")
    >>> bounds.least.text, bounds.most.text, sorted(bounds.names)
    ('1', 'K-1', ['K'])
    """
    return Whole(Expression(str(least)), None if most is None else Expression(str(most)))


def choice(*options: Any) -> Choice:
    """A setting that is one of a few values.

    Parameters
    ----------
    *options : number, str, bool, None or tuple of these
        The values, the simplest first.

    Returns
    -------
    Choice
        For `Op` as a setting, and for `adapt`.

    Raises
    ------
    DeclarationError
        If there are no options, or one is of another kind: no case on disk could keep it.

    Examples
    --------
    >>> from gradcheck import choice
    >>> choice("mean", "sum").options
    ('mean', 'sum')
    """
    if not options:
        raise DeclarationError("choice() wants at least one option")
    return Choice(
        tuple(normalise_setting(f"option {place} of choice()", option) for place, option in enumerate(options, 1))
    )


def normalise_setting(where: str, value: Any) -> Any:
    """A value of a setting as a case keeps it, numbers of NumPy's being Python's.  Raises DeclarationError, which says
    where, for what cannot be told from others by its hash or does not come back from JSON as it was."""
    if isinstance(value, np.generic):
        value = float(value) if isinstance(value, np.floating) else value.item()
    if type(value) is tuple:
        return tuple(normalise_setting(where, part) for part in value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise DeclarationError(f"{where} is {value!r:.60}, which no case can keep; {suggest_setting_value(value)}")


def suggest_setting_value(value: Any) -> str:
    """What to write for a value that no case can keep."""
    if callable(value):
        name = getattr(value, "__name__", "a name")
        return f"write {name!r}, and let forward look it up by that name"
    if isinstance(value, list):
        return "write a tuple"
    if hasattr(value, "__array__"):
        return "write a tuple of numbers, or declare it as an input"
    return "write a number, text, None, or a tuple of them"


def rank(group: str) -> Rank:
    """A setting that is the number of axes in a group of a shape: the axis that concat joins.

    Parameters
    ----------
    group : str
        The name of the group: "A" in "*A ?D *B".

    Returns
    -------
    Rank
        For `Op` as a setting.

    Examples
    --------
    >>> from gradcheck import rank
    >>> rank("A").group
    'A'
    """
    return Rank(group)


@dataclass(frozen=True)
class Script:
    """How a person calls what an op was made of: Python to paste, in which {y} and {dy} stand for the output and its
    upstream, and settings for their values; variables of inputs have their names, those of gradients a d before it."""

    opening: str
    forward: str
    backward: str


@dataclass(frozen=True)
class Origin:
    """What an adapter knows of the op that it made; the defaults are those of an op that was declared.

    script: how to call what the op was made of.  reference_is_forward: whether the reference is the forward itself, run
    by JAX, which is no witness of the value.  shapes_inferred: whether nobody declared the shapes, so that forward may
    refuse some.  notes: what reports say of how the op was made.
    """

    script: Script | None = None
    reference_is_forward: bool = False
    shapes_inferred: bool = False
    notes: tuple[str, ...] = ()


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
    def cached_input_declarations(self) -> dict[tuple[str, ...], "InputDeclarations"]:
        """The declarations by labels: as many as there are lengths of its lists of inputs."""
        return {}

    def input_declarations(self, labels: tuple[str, ...]) -> "InputDeclarations":
        """The declarations of inputs with these labels, looked up once."""
        if labels not in self.cached_input_declarations:
            self.cached_input_declarations[labels] = InputDeclarations(self, labels)
        return self.cached_input_declarations[labels]

    def array(self, label: str) -> Array:
        """The declaration of the input with this label: "x", or "xs[1]" in a Several."""
        declared = self.inputs[input_name(label)]
        return declared.array if isinstance(declared, Several) else declared

    def as_gate(self, **settings: Any) -> Gate:
        """The lecture's gate: forward(x, y) keeps what backward(dz) needs."""
        return Gate(self, **settings)

    def with_origin(self, **changes: Any) -> "Op":
        """The same op, something else known of where it comes from: fields of Origin."""
        return replace(self, origin=replace(self.origin, **changes))

    def with_note(self, note: str) -> "Op":
        """The same op, with one more note for reports."""
        return self.with_origin(notes=(*self.origin.notes, note))

    def implemented_by(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> "Op":
        """The same declaration for somebody else's forward and backward."""
        return replace(self, forward=forward, backward=backward)


def input_name(label: str) -> str:
    """The declared name of the input with this label: "xs" of "xs[1]"."""
    return label.partition("[")[0]


class InputDeclarations:
    """The declarations of an op's inputs, one for each label.

    differentiable: whether backward owes a gradient.  batch_axes: which axis is the batch, None where there is none.
    free: whether every input may move in every direction, by any step.
    """

    def __init__(self, op: Op, labels: tuple[str, ...]) -> None:
        self.arrays = tuple(op.array(label) for label in labels)
        self.domains = tuple(array.domain for array in self.arrays)
        self.differentiable = tuple(array.differentiable for array in self.arrays)
        words = [[axis.text for axis in array.axes] for array in self.arrays]
        self.batch_axes = tuple(w.index(op.batch) if op.batch in w else None for w in words)
        self.free = all(domain.free for domain in self.domains)


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


def check_declaration(op: Op) -> None:
    """Everything that a declaration can get wrong by itself."""
    if not op.name:
        raise DeclarationError("an op wants a name")
    for part in ("forward", "backward", "reference", "kinks"):
        if not callable(getattr(op, part)) and (part in ("forward", "backward") or getattr(op, part) is not None):
            raise DeclarationError(f"{part} is {getattr(op, part)!r}, which cannot be called")
    if not op.inputs:
        raise DeclarationError("inputs is empty; name each input, as in inputs={'x': Array('N D')}")
    for label, declared in op.inputs.items():
        if not isinstance(declared, (Array, Several)):
            raise DeclarationError(f"input {label!r} is {declared!r}; write Array('N D') or Several(Array(…))")
    check_names(op)
    for law, reason in op.exceptions.items():
        if not reason:
            raise DeclarationError(f"the exception for {law!r} wants a reason")
    if unknown := set(op.dtypes) - set(DTYPES):
        raise DeclarationError(f"unknown dtype {sorted(unknown)}; the dtypes are {', '.join(DTYPES)}")


def list_declared_arrays(op: Op) -> list[Array]:
    """The declared arrays, the members of a Several once."""
    return [declared.array if isinstance(declared, Several) else declared for declared in op.inputs.values()]


def collect_axis_names(op: Op) -> frozenset[str]:
    """The names of single axes in the shapes."""
    sizes = (axis.expression.names for array in list_declared_arrays(op) for axis in array.axes if axis.kind == "size")
    return frozenset().union(*sizes)


def collect_group_names(op: Op) -> list[str]:
    """The names of groups of axes, in order of appearance."""
    return list(
        dict.fromkeys(
            axis.text
            for array in list_declared_arrays(op)
            for axis in array.axes
            if axis.kind in ("group", "broadcast")
        )
    )


def check_names(op: Op) -> None:
    """Every name that is spoken of must be drawn somewhere."""
    axes, groups = collect_axis_names(op), collect_group_names(op)
    known = axes | set(op.sizes) | {name for name, setting in op.settings.items() if isinstance(setting, (Whole, Rank))}
    for where, bounds in [*op.settings.items(), *op.sizes.items()]:
        if not isinstance(bounds, (Whole, Choice, Rank)):
            raise DeclarationError(f"{where!r} is {bounds!r}; write whole(1, 3), choice(…) or rank('A')")
        if isinstance(bounds, Rank) and bounds.group not in groups:
            raise DeclarationError(f"{where} = rank({bounds.group!r}), but no shape has *{bounds.group}")
        if isinstance(bounds, Whole) and (unbound := bounds.names - known):
            raise DeclarationError(
                f"the bounds of {where!r} speak of {sorted(unbound)}, which no shape and no setting binds"
            )
    for array in list_declared_arrays(op):
        if unbound := array.domain.names - known:
            raise DeclarationError(
                f"domain {array.domain.name} speaks of {sorted(unbound)}, which no shape and no setting binds"
            )
    if unused := set(op.sizes) - axes - {name for bounds in op.sizes.values() for name in bounds.names}:
        raise DeclarationError(f"sizes gives bounds for {sorted(unused)}, which no shape speaks of")
    if clash := (set(groups) & (axes | set(op.settings))) | {
        n for n in axes & set(op.settings) if not isinstance(op.settings[n], Whole)
    }:
        raise DeclarationError(f"{sorted(clash)} cannot be both a group of axes or a choice and the name of an axis")
    order_by_dependency(op)
    if op.batch is not None and not any(
        axis.text == op.batch for array in list_declared_arrays(op) for axis in array.axes
    ):
        raise DeclarationError(f"batch is {op.batch!r}, which is no axis of any input")


def order_by_dependency(op: Op) -> list[str]:
    """Settings and sizes, each behind those that its bounds speak of.  Raises DeclarationError where they go in a
    circle."""
    waiting = {
        name: bounds.names if isinstance(bounds, Whole) else frozenset()
        for name, bounds in [*op.settings.items(), *op.sizes.items()]
    }
    waiting |= {name: frozenset() for name in sorted(collect_axis_names(op)) if name not in waiting}
    order: list[str] = []
    while waiting:
        ready = [name for name, needs in waiting.items() if not needs & waiting.keys()]
        if not ready:
            raise DeclarationError(f"the bounds of {', '.join(sorted(waiting))} speak of each other in a circle")
        order += ready
        waiting = {name: needs for name, needs in waiting.items() if name not in ready}
    return order


def namespace(x: Any) -> Any:
    """The array API namespace of an array, for references that run under NumPy and under JAX.

    Parameters
    ----------
    x : array
        Of any library that follows the array API: its arrays, or what JAX traces in their place.

    Returns
    -------
    module
        ``numpy`` for NumPy's arrays, ``jax.numpy`` for JAX's.

    Raises
    ------
    AttributeError
        If x does not follow the array API.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import namespace
    >>> def softplus(x):
    ...     xp = namespace(x)
    ...     return xp.log(1 + xp.exp(x))
    >>> round(float(softplus(np.array(0.0))), 6)
    0.693147
    """
    return x.__array_namespace__()


def pointwise(
    name: str,
    *,
    value: Callable[[Any], Any],
    slope: Callable[[Any, Any], Any],
    reference: Callable[[Any], Any],
    domain: Domain | None = None,
    **declared: Any,
) -> Op:
    """An op that acts on each element alone, made of its value and its derivative.

    Parameters
    ----------
    name : str
        The name of the op.
    value : callable
        ``value(x) -> y``, of any shape.
    slope : callable
        ``slope(x, y) -> dy/dx``, of the shape of x.
    reference : callable
        ``reference(x) -> y``: the textbook formula, written for the array API or JAX.
    domain : Domain, optional
        The values that x may take; by default every real number.
    **declared
        Whatever else `Op` takes: source, kinks, convention and so on.

    Returns
    -------
    Op
        With the input x: (*S) and the output y: (*S).

    Raises
    ------
    DeclarationError
        If the parts do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import pointwise
    >>> square = pointwise("square", value=np.square, slope=lambda x, y: 2 * x, reference=lambda x: x**2)
    >>> y, cache = square.forward(np.array([3.0, 4.0]))
    >>> square.backward(np.ones(2), cache)
    array([6., 8.])
    """

    def forward(x: Any) -> tuple[Any, tuple[Any, Any]]:
        y = value(x)
        return y, (x, y)

    def backward(dy: Any, cache: tuple[Any, Any]) -> Any:
        return dy * slope(*cache)

    for function in (forward, backward):
        function.__module__ = slope.__module__
    backward.written_at = slope  # type: ignore[attr-defined]
    return Op(name, forward, backward, reference, inputs={"x": Array("*S", domain or real())}, **declared)
