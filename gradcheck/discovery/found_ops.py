"""What is found in a target before any of it runs: ops that are not made yet, and what beside them is none."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import NotChecked

ImportContext = Callable[[], AbstractContextManager[None]]
"""Makes the context in which code finds the files beside its own."""


@dataclass(frozen=True)
class FoundOp:
    """An op that a module holds.  Making it may run its forward, where its shapes are to be tried.

    make: makes the op; raises TargetError where none can be made.  family: the group under which reports list it.
    location: the file and line of its backward, ("", 0) where there is no source.  axes: the axes of all its inputs,
    0 where they are not known before it is made; a guess at how much work it is.
    """

    name: str
    make: Callable[[], Op]
    family: str = ""
    location: tuple[str, int] = ("", 0)
    axes: int = 0


@dataclass(frozen=True)
class TargetContents:
    """The ops of one file or module, what else is in it, and the context in which its ops are made and run."""

    ops: tuple[FoundOp, ...]
    not_checked: tuple[NotChecked, ...] = ()
    make_context: ImportContext = nullcontext

    def make(self, found: FoundOp) -> Op:
        """Make one of the ops.  Raises TargetError."""
        with self.make_context():
            return found.make()


def count_axes(op: Op) -> int:
    """Count the axes of all inputs."""
    return sum(len(a.array.axes) * a.most if isinstance(a, Several) else len(a.axes) for a in op.inputs.values())
