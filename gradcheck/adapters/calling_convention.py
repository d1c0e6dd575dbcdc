"""Calling conventions: the interface between gradcheck and a way in which people write a forward and a backward."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from gradcheck.adapters.code import Code
from gradcheck.adapters.parameters import Keywords


@runtime_checkable
class CallingConvention(Protocol):
    """A way in which people write a forward and a backward, and how gradcheck calls such code.

    A package adds one by an entry point of the group ``gradcheck.conventions``, with the name of the convention, that
    names an object with these members.  `ModuleConvention` makes one of plain functions.  No library that the
    convention is about may be imported before `code` is called: objects are recognised by the names of their classes.
    """

    @property
    def name(self) -> str:
        """The name by which ``adapter=`` selects it."""

    @property
    def description(self) -> str:
        """The objects that follow it, as messages list them: "a function that returns (y, backprop)"."""

    @property
    def takes_two_functions(self) -> bool:
        """Whether it takes a forward and a backward, which `code` receives as a tuple, and not one object."""

    @property
    def recognition_order(self) -> int | None:
        """Its rank in recognition, lowest first, since the more specific must precede the more general; None where it
        is not recognised, so that ``adapter=`` must name it."""

    @property
    def options(self) -> tuple[str, ...]:
        """The keywords of `adapt` that only it takes; `code` finds them in ``keywords.convention_options``."""

    def recognises(self, thing: Any) -> bool:
        """Whether an object certainly follows the convention.  Must not run or import anything."""

    def code(self, name: str, thing: Any, keywords: Keywords) -> Code:
        """Return how the object is called.  name: of the op.  Raises AdapterError, with what to write, for an object
        that does not follow the convention."""


def recognise_nothing(thing: Any) -> bool:
    """Whether an object is recognised: never."""
    return False


@dataclass(frozen=True)
class ModuleConvention:
    """A calling convention written as functions of one module, which declares it at its end."""

    name: str
    description: str
    code: Callable[[str, Any, Keywords], Code]
    takes_two_functions: bool = False
    recognition_order: int | None = None
    recognises: Callable[[Any], bool] = recognise_nothing
    options: tuple[str, ...] = ()
