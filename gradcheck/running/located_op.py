"""An op and where it was found."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from gradcheck.declaration.op import Op


@dataclass(frozen=True)
class LocatedOp:
    """An op and the target it was found in, "" for the library.

    make_context: makes the context within which the op can import the files beside its own.
    """

    op: Op
    target: str
    make_context: Callable[[], AbstractContextManager[None]] = nullcontext
