"""Primitives that run programs: loops, branches, and solvers given as programs."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck.arrays import Values

ProgramFunction = Callable[..., list[Any]]
ResultTypes = Sequence[tuple[tuple[int, ...], Any]]
"""Shape and dtype of each result of an equation."""


def scan(
    *args: Any,
    jaxpr: ProgramFunction,
    length: int,
    reverse: bool,
    num_consts: int,
    num_carry: int,
    results: ResultTypes,
) -> Any:
    """Run the program repeatedly, passing on the carry and stacking the other results."""
    constants, carry = args[:num_consts], list(args[num_consts : num_consts + num_carry])
    rows = args[num_consts + num_carry :]
    stacks = [np.empty(shape, dtype) for shape, dtype in results[num_carry:]]
    for i in reversed(range(length)) if reverse else range(length):
        made = jaxpr(*constants, *carry, *(row[i] for row in rows))
        carry = made[:num_carry]
        for stack, row in zip(stacks, made[num_carry:], strict=True):
            stack[i] = row
    return [*carry, *stacks]


def while_(
    *args: Any, cond_jaxpr: ProgramFunction, cond_nconsts: int, body_jaxpr: ProgramFunction, body_nconsts: int
) -> Any:
    """Run the body while the condition holds; where the condition is an array, only the rows for which it holds are
    updated."""
    of_condition, of_body = args[:cond_nconsts], args[cond_nconsts : cond_nconsts + body_nconsts]
    carry = list(args[cond_nconsts + body_nconsts :])
    while np.any(going := np.asarray(cond_jaxpr(*of_condition, *carry)[0])):
        moved = body_jaxpr(*of_body, *carry)
        carry = [select_rows(going, *pair) for pair in zip(moved, carry, strict=True)] if going.ndim else moved
    return carry


def select_rows(which: Values, x: Values, y: Values) -> Any:
    """Return rows of x where `which` is true, of y elsewhere."""
    return np.where(which.reshape(*which.shape, *(1,) * (x.ndim - which.ndim)), x, y)


def cond(which: Any, *args: Any, branches: Sequence[ProgramFunction]) -> Any:
    """Run one of the branches."""
    return branches[min(max(int(which), 0), len(branches) - 1)](*args)


def platform_index(platforms: Sequence[Sequence[str] | None]) -> Any:
    """Return the index of the branch for the CPU."""
    return np.int32(next(i for i, names in enumerate(platforms) if names is None or "cpu" in names))


def custom_linear_solve(*args: Any, const_lengths: Any, jaxprs: Any) -> Any:
    """Solve by the program that the equation provides."""
    skipped = const_lengths.matvec + const_lengths.vecmat
    constants = args[skipped : skipped + const_lengths.solve]
    return jaxprs.solve(*constants, *args[sum(const_lengths) :])


TABLE: dict[str, Callable[..., Any]] = {
    "scan": scan,
    "while": while_,
    "cond": cond,
    "platform_index": platform_index,
    "custom_linear_solve": custom_linear_solve,
}
