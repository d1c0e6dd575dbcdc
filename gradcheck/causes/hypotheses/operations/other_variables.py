"""Arrays with a name in the code that are a factor too many of a way back, or in place of another factor."""

import ast
from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.changes import scale_path, use_other
from gradcheck.causes.hypotheses.operations.view import OperationView
from gradcheck.causes.hypotheses.operations.ways_back import list_paths
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Spot

MOST_VARIABLES = 12
"""Arrays with a name in one function that may stand for another."""


def find_other_variables(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have an array with a name as a factor too many of a way back, or in place of another
    factor."""
    for spot, text in spots.items():
        for name, a in list_variables(view, spot):
            for path in list_paths(view, spot, text, one_kind=True):
                through = path.describe("0").words.partition("through ")[2].partition(" is missing")[0]
                for verb, factor in (("multiplied", a), ("divided", invert(a))):
                    words = f"the gradient through {through} is {verb} by `{name}`"
                    cause = Cause("factor-extra", words, f"Leave out the factor `{name}`.")
                    change = {spot: scale_path(path.hold, factor)}
                    if through and view.case.is_left(cause) and view.reproduces(f"{path.name}, {words}", change):
                        yield cause
            yield from find_replaced_factors(view, spot, text, name, a)


def list_variables(view: OperationView, spot: Spot) -> Iterator[tuple[str, Values]]:
    """Yield the arrays that have a name in the function that an operation stands in, and their sums over an axis, by
    how they are written."""
    for name, a in islice(view.forward.variables.get(spot.code, {}).items(), MOST_VARIABLES):
        yield name, a
        if a.ndim > 1:
            yield from ((f"{name}.sum(axis={k})", a.sum(axis=k)) for k in range(a.ndim))


def invert(a: Values) -> Values:
    """Return the reciprocals of an array."""
    with np.errstate(all="ignore"):
        return np.asarray(1 / a)


def find_replaced_factors(view: OperationView, spot: Spot, text: SpotText, name: str, a: Values) -> Iterator[Cause]:
    """Yield that an array with a name, as it is or in another order, stands in place of the other factor of a
    product."""
    operations = view.forward.seen[spot]
    function = operations[0].function
    if function not in ("multiply", "divide", "matmul", "dot") or len(text.operands) != 2:
        return
    for k in (0, 1) if function != "divide" else (0,):
        right = text.operands[1 - k]
        for kind, used, b in [("wrong-variable", f"`{name}`", a), *list_orders(name, a)]:
            fits = all(np.shape(o.operands[1 - k]) == b.shape for o in operations) and used != f"`{right}`"
            is_own = right in (name, f"{name}.T")
            lost = find_other_factor(right, name)
            words = f"{used} is used in place of `{right}` in {text.where}"
            cause = Cause(
                kind if is_own else "wrong-variable", words, f"Use `{right}`, in the order in which the forward does."
            )
            if lost:
                words = f"the factor `{lost}` of `{right}` in {text.where} is missing"
                cause = Cause("factor-missing", words, f"Multiply by `{lost}`.")
            if fits and view.case.is_left(cause) and view.reproduces(f"{k}, {used}", {spot: use_other(k, b)}):
                yield cause


def list_orders(name: str, a: Values) -> Iterator[tuple[str, str, Values]]:
    """Yield an array in other orders: the name of the cause, how it is written, and its values."""
    yield "transposed", f"`{name}.T`", a.T
    if a.ndim and a.shape[-1] > 1:
        yield "axis-reversed", f"`{name}[..., ::-1]`", a[..., ::-1]
    if a.ndim and a.shape[-1] % 2 == 0:
        half = a.shape[-1] // 2
        yield "axis-shifted", f"`{name}` with the halves of its last axis exchanged", np.roll(a, half, axis=-1)


def find_other_factor(product: str, factor: str) -> str:
    """Return what else the product of an expression is made of; "" where it is no product with that factor."""
    node = ast.parse(product, mode="eval").body if is_expression(product) else None
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return ""
    sides = [ast.unparse(node.left), ast.unparse(node.right)]
    return sides[1 - sides.index(factor)] if factor in sides else ""


def is_expression(text: str) -> bool:
    """Whether a text is an expression of Python, and not one that was shortened."""
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True
