"""Functions in whose place others are called: those of the model answers, in whose place a student's are."""

from collections.abc import Callable
from functools import wraps
from typing import Any


class Exchange:
    """What is called in place of a function; the function itself at first."""

    __slots__ = ("original", "target")

    def __init__(self, original: Callable[..., Any]) -> None:
        self.original = self.target = original

    def restore(self) -> None:
        """Call the function itself again."""
        self.target = self.original


def make_exchangeable(original: Callable[..., Any]) -> tuple[Callable[..., Any], Exchange]:
    """Return a function with the signature of another, and what it calls."""
    exchange = Exchange(original)

    @wraps(original)
    def call(*args: Any, **keywords: Any) -> Any:
        return exchange.target(*args, **keywords)

    return call, exchange
