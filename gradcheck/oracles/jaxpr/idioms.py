"""Equations for which NumPy has a shorter expression than a call of their counterpart; most equations of a program.

Each function takes an equation, its operands as source, and a function that renders a shape; it returns the expression,
or None where the counterpart must be called.
"""

from collections.abc import Callable
from typing import Any

SourceRenderer = Callable[[Any], str]
"""A shape, or a constant, as source."""

Idiom = Callable[[Any, list[str], SourceRenderer], str | None]


def shape_of(atom: Any) -> tuple[Any, ...]:
    """Return the shape of an operand or a result, with symbolic sizes where it has them."""
    return tuple(atom.aval.shape)


def find_dtype_kinds(equation: Any) -> set[str]:
    """Return the kinds of dtypes of the operands."""
    return {getattr(v.aval.dtype, "kind", "") for v in equation.invars}


def make_operator_idiom(sign: str, only: str = "fciu") -> Idiom:
    """Return the idiom for an arithmetic operator, for the kinds of numbers on which NumPy's means the same."""

    def write(equation: Any, operands: list[str], render: SourceRenderer) -> str | None:
        return f"{operands[0]} {sign} {operands[1]}" if find_dtype_kinds(equation) <= set(only) else None

    return write


def write_transpose(equation: Any, operands: list[str], render: SourceRenderer) -> str:
    """Return the expression for transpose."""
    return f"{operands[0]}.transpose({render(tuple(equation.params['permutation']))})"


def make_reduction_idiom(function: str) -> Idiom:
    """Return the idiom for a reduction of floating-point numbers, which keeps their dtype."""

    def write(equation: Any, operands: list[str], render: SourceRenderer) -> str | None:
        axes = tuple(equation.params["axes"])
        return f"np.{function}.reduce({operands[0]}, {axes!r})" if find_dtype_kinds(equation) == {"f"} else None

    return write


def write_integer_pow(equation: Any, operands: list[str], render: SourceRenderer) -> str | None:
    """Return the expression for integer_pow."""
    (x,) = operands
    written = {2: f"{x} * {x}", -1: f"1 / {x}", -2: f"1 / ({x} * {x})"}
    return written.get(equation.params["y"]) if find_dtype_kinds(equation) == {"f"} else None


def write_conversion(equation: Any, operands: list[str], render: SourceRenderer) -> str | None:
    """Return the expression for convert_element_type between real numbers."""
    dtype = equation.outvars[0].aval.dtype
    if equation.invars[0].aval.dtype == dtype:
        return operands[0]
    return f"{operands[0]}.astype({render(dtype)})" if find_dtype_kinds(equation) <= set("fiub") else None


def write_selection(equation: Any, operands: list[str], render: SourceRenderer) -> str | None:
    """Return the expression for select_n between two operands."""
    return f"np.where({operands[0]}, {operands[2]}, {operands[1]})" if len(operands) == 3 else None


def write_concatenation(equation: Any, operands: list[str], render: SourceRenderer) -> str:
    """Return the expression for concatenate."""
    return f"np.concatenate(({', '.join(operands)},), {equation.params['dimension']})"


def write_matrix_product(equation: Any, operands: list[str], render: SourceRenderer) -> str | None:
    """Return the expression for dot_general of two matrices of one dtype."""
    ((left, right), batch), (x, y) = equation.params["dimension_numbers"], operands
    dtypes = {v.aval.dtype for v in (*equation.invars, *equation.outvars)}
    if any(batch) or len(dtypes) > 1 or {len(shape_of(v)) for v in equation.invars} != {2} or len(left) != 1:
        return None
    return f"{x if left[0] else x + '.T'} @ {y + '.T' if right[0] else y}"


IDIOMS: dict[str, Idiom] = {
    "add": make_operator_idiom("+"),
    "add_any": make_operator_idiom("+"),
    "sub": make_operator_idiom("-", "fc"),
    "mul": make_operator_idiom("*"),
    "div": make_operator_idiom("/", "fc"),
    "transpose": write_transpose,
    "reduce_sum": make_reduction_idiom("add"),
    "reduce_prod": make_reduction_idiom("multiply"),
    "integer_pow": write_integer_pow,
    "convert_element_type": write_conversion,
    "copy": lambda equation, operands, render: operands[0],
    "stop_gradient": lambda equation, operands, render: operands[0],
    "select_n": write_selection,
    "concatenate": write_concatenation,
    "dot_general": write_matrix_product,
}
