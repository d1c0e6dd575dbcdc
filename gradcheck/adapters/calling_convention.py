"""A calling convention: what has to be said of a way in which people write a forward and a backward."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from gradcheck.adapters.parameters import Keywords
from gradcheck.adapters.pipeline import Code


@runtime_checkable
class CallingConvention(Protocol):
    """A way in which people write a forward and a backward, and how gradcheck calls what follows it.

    A package adds one by an entry point of the group ``gradcheck.conventions``, called like the convention, that names
    an object with these members.  `ModuleConvention` makes one of plain functions.  No library that the convention is
    about may be imported before `code` is called: things are recognised by the names of their classes.
    """

    @property
    def name(self) -> str:
        """The name by which ``adapter=`` chooses it."""

    @property
    def description(self) -> str:
        """The things that follow it, as messages list them: "a function that returns (y, backprop)"."""

    @property
    def takes_two_functions(self) -> bool:
        """Whether it wants a forward and a backward, which `code` then gets as a tuple, and not one thing."""

    @property
    def recognition_order(self) -> int | None:
        """When it is asked whether it recognises a thing, the lowest first, as the more particular has to come before
        the more general; None where looking does not tell, so that ``adapter=`` has to name it."""

    @property
    def options(self) -> tuple[str, ...]:
        """The keywords of `adapt` that it alone takes; `code` finds them in ``keywords.convention_options``."""

    def recognises(self, thing: Any) -> bool:
        """Whether a thing follows the convention for certain.  It must not run or import anything."""

    def code(self, name: str, thing: Any, keywords: Keywords) -> Code:
        """How the thing is called.  name: of the op.  Raises AdapterError, with what to write, for what does not follow
        the convention."""


def recognise_nothing(thing: Any) -> bool:
    """Say of everything that looking does not tell."""
    return False


@dataclass(frozen=True)
class ModuleConvention:
    """A calling convention that is written as functions of one module, which declares it at its end."""

    name: str
    description: str
    code: Callable[[str, Any, Keywords], Code]
    takes_two_functions: bool = False
    recognition_order: int | None = None
    recognises: Callable[[Any], bool] = recognise_nothing
    options: tuple[str, ...] = ()
