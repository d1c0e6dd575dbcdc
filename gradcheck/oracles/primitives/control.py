"""Primitives that run programs: loops, branches, and solvers that bring their own."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Program = Callable[..., list[Any]]


def scan(*args: Any, jaxpr: Program, length: int, reverse: bool, num_consts: int, num_carry: int) -> Any:
    """The program again and again, a carry handed on, the rest stacked."""
    constants, carry = args[:num_consts], list(args[num_consts : num_consts + num_carry])
    rows, stacks = args[num_consts + num_carry :], []
    for i in reversed(range(length)) if reverse else range(length):
        results = jaxpr(*constants, *carry, *(row[i] for row in rows))
        carry = results[:num_carry]
        stacks.append(results[num_carry:])
    ordered = stacks[::-1] if reverse else stacks
    return [*carry, *(np.stack(column) for column in zip(*ordered, strict=True))]


def while_(*args: Any, cond_jaxpr: Program, cond_nconsts: int, body_jaxpr: Program, body_nconsts: int) -> Any:
    """The body for as long as the condition holds."""
    of_condition, of_body = args[:cond_nconsts], args[cond_nconsts : cond_nconsts + body_nconsts]
    carry = list(args[cond_nconsts + body_nconsts :])
    while bool(cond_jaxpr(*of_condition, *carry)[0]):
        carry = body_jaxpr(*of_body, *carry)
    return carry


def cond(which: Any, *args: Any, branches: Sequence[Program]) -> Any:
    """One of the branches."""
    return branches[min(max(int(which), 0), len(branches) - 1)](*args)


def custom_linear_solve(*args: Any, const_lengths: Any, jaxprs: Any) -> Any:
    """The solver that came with the system."""
    skipped = const_lengths.matvec + const_lengths.vecmat
    constants = args[skipped : skipped + const_lengths.solve]
    return jaxprs.solve(*constants, *args[sum(const_lengths) :])


TABLE: dict[str, Any] = {
    "scan": scan,
    "while": while_,
    "cond": cond,
    "custom_linear_solve": custom_linear_solve,
}
