"""How somebody's code is called, as a calling convention says it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcheck.adapters.calls import PullFunction, RunFunction
from gradcheck.adapters.parameters import ParameterDeclaration
from gradcheck.declaration.origin import NotChecked, Script


@dataclass(frozen=True)
class Code:
    """How somebody's code is called.

    parameters: what is known of each, None for nothing.
    run(arguments by name) -> (outputs, cache).
    pull(upstreams, cache) -> gradients, in the order of the inputs or by name.
    written_at: the function in which the gradient is written.  computed_at: that of the value, if it is another.
    plain: forward and backward themselves, where an Op may call them as they are.
    traceable: run under jax.numpy, None where there is no such thing.
    owed: the inputs that have a gradient, None for all that can.
    reference: the formula itself, called as run is, where the thing holds it.
    drops: whether a gradient for an input that is declared to have none means nothing, as where a framework asks for
    the gradients of all inputs.
    leading: whether fewer gradients than inputs are those of the first inputs.
    unpacks: whether pull returns what backward itself does, which script unpacks.
    explain_missing(name) -> why an object's parameter has no gradient, "" for what is no parameter of an object.
    find_unchecked(arguments of a trial by name) -> the arrays of an object that are not checked.
    examples: arrays that declare inputs, before all that is said of these.
    script(arguments as text by name, gradients' names) -> how a person calls it.
    sent(an array as text, whether it has a gradient) -> the same in the form of the library.
    """

    name: str
    parameters: Mapping[str, ParameterDeclaration | None]
    run: RunFunction
    pull: PullFunction
    written_at: Any
    computed_at: Any = None
    plain: tuple[Callable[..., Any], Callable[..., Any]] | None = None
    traceable: RunFunction | None = None
    owed: tuple[str, ...] | None = None
    reference: RunFunction | None = None
    drops: bool = False
    leading: bool = False
    unpacks: bool = False
    explain_missing: Callable[[str], str] | None = None
    script: Callable[[Mapping[str, str], Sequence[str]], Script] | None = None
    sent: Callable[[str, bool], str] | None = None
    notes: tuple[str, ...] = ()
    find_unchecked: Callable[[Mapping[str, Any]], Sequence[NotChecked]] | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)

    @property
    def places(self) -> tuple[Any, Any]:
        """The functions in which value and gradient are written."""
        return self.computed_at or self.written_at, self.written_at
