"""An op that is made, and where it was found."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from gradcheck.declaration.op import Op
from gradcheck.running.listed_op import ListedOp


@dataclass(frozen=True)
class LocatedOp:
    """An op and the target it was found in, "" for the library.

    make_context: makes the context within which the op can import the files beside its own.
    """

    op: Op
    target: str
    make_context: Callable[[], AbstractContextManager[None]] = nullcontext

    @property
    def listed(self) -> ListedOp:
        """The op by its name and target."""
        return ListedOp(self.op.name, self.target, self.target, self.op.family, *self.op.location)
