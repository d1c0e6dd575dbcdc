"""The shape language: names are axes, "4*H" and "groups*C" products, "*S" any axes, "*#S" broadcastable to S, "?D"
free per member."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import CodeType
from typing import Literal

NameValues = Mapping[str, int]
"""The number that each axis name and each integer setting stands for."""

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv)


class DeclarationError(ValueError):
    """An op is declared in a way that cannot be checked; the message says what, where, and what to write instead.

    Examples
    --------
    >>> from gradcheck import Array
    >>> Array("N D-")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    gradcheck.declaration.shape.DeclarationError: shape 'N D-': cannot read 'D-': an axis is a name, a whole number, ...
    """


@dataclass(frozen=True)
class Expression:
    """Integer arithmetic over names: + - * // and parentheses.  Raises DeclarationError on anything else."""

    text: str
    tree: ast.expr = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            tree = ast.parse(self.text, mode="eval").body
        except SyntaxError:
            raise self.build_error() from None
        for node in ast.walk(tree):
            allowed = isinstance(node, (ast.BinOp, ast.Name, ast.Constant, ast.operator, ast.expr_context))
            if not allowed or (isinstance(node, ast.BinOp) and type(node.op) not in OPERATORS):
                raise self.build_error()
            if isinstance(node, ast.Constant) and type(node.value) is not int:
                raise self.build_error()
        object.__setattr__(self, "tree", tree)

    def build_error(self) -> DeclarationError:
        """Say what an expression may hold."""
        return DeclarationError(f"cannot read {self.text!r}: an axis is a name, a whole number, or + - * // of these")

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that have to be known before this has a value."""
        return frozenset(node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))

    def value(self, names: NameValues) -> int:
        """The number it stands for; where names stand for symbols of their own arithmetic, an expression of these.
        Raises KeyError for a name that stands for none."""
        try:
            found: int = eval(compile_arithmetic(self.text), {"__builtins__": {}}, names)
        except NameError as error:
            raise KeyError(error.name) from None
        return found


@lru_cache(maxsize=4096)
def compile_arithmetic(text: str) -> CodeType:
    """Compile a text that Expression has let through: arithmetic over names, which calls nothing."""
    return compile(text, "<axis>", "eval")


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Expression:
    """Parse a text, once: a text with sizes in it comes again with every shape."""
    return Expression(text)


@dataclass(frozen=True)
class Axis:
    """One word of a shape: an expression, or the name of a group of axes."""

    kind: Literal["size", "free", "group", "broadcast"]
    text: str

    @cached_property
    def expression(self) -> Expression:
        """The length of a single axis."""
        return Expression(self.text)


def parse_shape(text: str) -> tuple[Axis, ...]:
    """The axes of a shape such as "N groups*C H W" or "*#S".  Raises DeclarationError naming the word it cannot
    read."""
    return tuple(parse_axis(word, text) for word in text.split())


def parse_axis(word: str, shape: str) -> Axis:
    """One word of the shape language."""
    for mark, kind in (("*#", "broadcast"), ("*", "group"), ("?", "free")):
        if word.startswith(mark):
            name = word.removeprefix(mark)
            if not name.isidentifier():
                raise DeclarationError(
                    f"shape {shape!r}: {mark!r} wants a name behind it, as in {mark + 'S'!r}, not {word!r}"
                )
            return Axis(kind, name)  # type: ignore[arg-type]
    try:
        return Axis("size", Expression(word).text)
    except DeclarationError as error:
        raise DeclarationError(f"shape {shape!r}: {error}") from None
