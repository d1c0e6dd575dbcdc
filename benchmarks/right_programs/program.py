"""A right program in the style of somebody else, and wrong ones of the same look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gradcheck.adapters import adapt
from gradcheck.declaration.op import Op

Code = tuple[Any, ...]
"""What `adapt` takes by position: a forward and a backward, or one thing that holds both."""


@dataclass(frozen=True)
class Program:
    """Right code, declared as its author would declare it.

    Parameters
    ----------
    name : str
        A name that no other program has.
    code : tuple
        What `adapt` takes by position.
    declared : mapping
        What `adapt` takes by keyword: shapes above all, and a domain only where the author would give one.
    source : str
        Where code of this style is met.
    explained : mapping of str to str, optional
        Why a law comes to another verdict than "passed", by its name.
    wrong : mapping of str to tuple, optional
        Code of the same look and the same declaration that must be caught, by what is wrong with it.
    """

    name: str
    code: Code
    declared: Mapping[str, Any]
    source: str
    explained: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, Code] = field(default_factory=dict)

    @cached_property
    def op(self) -> Op:
        """The op, made when it is first asked for."""
        return adapt(*self.code, name=self.name, source=self.source, **self.declared)

    def make_wrong(self, slip: str) -> Op:
        """The wrong op of that name."""
        return adapt(*self.wrong[slip], name=f"{self.name}, {slip}", source=self.source, **self.declared)


def of_loss(loss: Callable[..., Any]) -> Code:
    """A function that returns (loss, gradients)."""
    return (loss,)
