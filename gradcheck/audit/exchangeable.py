"""Functions in whose place others are called: those of the model answers, in whose place a student's are."""

from collections.abc import Callable
from functools import wraps
from typing import Any


class Exchange:
    """What is called in place of a function: the function itself at first.  Without a dictionary, so that nobody who
    looks for the code of an op finds that of the function here."""

    __slots__ = ("original", "target")

    def __init__(self, original: Callable[..., Any]) -> None:
        self.original = self.target = original


def make_exchangeable(exchange: Exchange) -> Callable[..., Any]:
    """Return a function with the signature of the original, which calls the target."""

    @wraps(exchange.original)
    def call(*args: Any, **keywords: Any) -> Any:
        return exchange.target(*args, **keywords)

    return call
