"""Tracing with the functions of jax.numpy inlined, which gives the same program in about half of the time: JAX does not
then trace, differentiate and transpose each of them as a program of its own."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import lru_cache
from typing import Any

from gradcheck.coverage.nested_code import walk_code
from gradcheck.coverage.user_code import walk_functions

LOOPS = frozenset({"scan", "fori_loop", "while_loop", "map", "associative_scan"})
"""Functions of JAX that are written out step by step where calls are inlined, by name."""


def trace_inlined(reference: Callable[..., Any], trace: Callable[[], Any], is_last: bool) -> Any:
    """Return what trace() returns, with calls inlined where the reference names no loop, else as they are.  Raises what
    trace raises.  is_last: whether there is no other way to trace it, so that what raises where calls are inlined is
    tried with calls as they are."""
    import jax

    if names_loop(reference):
        return trace()
    with suppress(Exception) if is_last else nullcontext(), jax.disable_jit():
        return trace()
    return trace()


@lru_cache(maxsize=1024)
def names_loop(reference: Callable[..., Any]) -> bool:
    """Whether the code of a reference names a function of LOOPS, or there is none to look at."""
    codes = [code for function in walk_functions((reference,)) for code in walk_code(function.__code__)]
    return not codes or any(LOOPS.intersection(code.co_names) for code in codes)
