"""Tracing with the functions of jax.numpy inlined, which gives the same program in about half of the time: JAX does not
then trace, differentiate and transpose each of them as a program of its own."""

from collections.abc import Callable
from functools import lru_cache
from traceback import walk_tb
from types import CodeType
from typing import Any

from gradcheck.coverage.nested_code import walk_code
from gradcheck.coverage.user_code import walk_functions

LOOPS = frozenset({"scan", "fori_loop", "while_loop", "map", "associative_scan"})
"""Functions of JAX that are written out step by step where calls are inlined, by name."""


def trace_inlined(reference: Callable[..., Any], trace: Callable[[], Any], is_last: bool) -> Any:
    """Return what trace() returns, with calls inlined where the reference names no loop, else as they are.  Raises what
    trace raises.  is_last: whether there is no other way to trace it, so that what raises where calls are inlined is
    tried with calls as they are; else only what a loop raised is, which cannot be written out for unknown times."""
    import jax

    if names_loop(reference):
        return trace()
    try:
        with jax.disable_jit():
            return trace()
    except Exception as error:
        if not is_last and not was_raised_in_loop(error):
            raise
    return trace()


@lru_cache(maxsize=1024)
def names_loop(reference: Callable[..., Any]) -> bool:
    """Whether the code of a reference, as far as it is of one package, names a function of LOOPS, or there is none to
    look at."""
    codes = [code for function in walk_functions((reference,)) for code in walk_code(function.__code__)]
    return not codes or any(map(is_loop_named, codes))


def was_raised_in_loop(error: Exception) -> bool:
    """Whether a function that names one of LOOPS was being run, whichever package it is of; JAX removes its own frames
    from what it raises."""
    return any(is_loop_named(frame.f_code) for frame, _ in walk_tb(error.__traceback__))


def is_loop_named(code: CodeType) -> bool:
    """Whether code names a function of LOOPS."""
    return not LOOPS.isdisjoint(code.co_names)
