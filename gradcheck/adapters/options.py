"""The options of `adapt`, which `assert_correct` and the fixture gradcheck take as well."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from gradcheck.declaration.settings import Whole

OP_FIELD = {"op_field": True}
"""Marks an option that the Op receives unchanged."""


@dataclass(frozen=True)
class AdaptOptions:
    """The keyword arguments of `adapt` that are no parameters of the user's code, None for those that were not given.

    This is the only list of them: a test compares it with the signatures of the three functions.  `adapt` explains
    each.
    """

    adapter: str | None = None
    name: str | None = None
    reference: Callable[..., Any] | None = None
    inputs: Mapping[str, Any] | None = None
    at: Sequence[Any] | None = None
    averaged: Mapping[str, str] | None = None
    gradients: Sequence[str] | None = None
    parameters: Mapping[str, Any] | None = None
    upstream: bool | None = None
    xp: Any = None
    dtypes: tuple[str, ...] | None = field(default=None, metadata=OP_FIELD)
    sizes: Mapping[str, Whole] | None = field(default=None, metadata=OP_FIELD)
    batch: str | None = field(default=None, metadata=OP_FIELD)
    exceptions: Mapping[str, str] | None = field(default=None, metadata=OP_FIELD)
    source: str | None = field(default=None, metadata=OP_FIELD)
    formula: str | None = field(default=None, metadata=OP_FIELD)
    convention: str | None = field(default=None, metadata=OP_FIELD)
    kinks: Callable[..., Any] | None = field(default=None, metadata=OP_FIELD)
    same_as: str | None = field(default=None, metadata=OP_FIELD)

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "AdaptOptions":
        """Return the options among all arguments of a function that has them as parameters."""
        return cls(**{name: arguments[name] for name in ADAPT_OPTION_NAMES})

    def given(self) -> dict[str, Any]:
        """Return the options that were given."""
        return {name: value for name in ADAPT_OPTION_NAMES if (value := getattr(self, name)) is not None}

    def op_fields(self) -> dict[str, Any]:
        """Return the options that were given and that the Op receives unchanged."""
        return {name: value for name, value in self.given().items() if name in OP_FIELD_NAMES}


ADAPT_OPTION_NAMES = tuple(option.name for option in fields(AdaptOptions))
OP_FIELD_NAMES = tuple(option.name for option in fields(AdaptOptions) if option.metadata.get("op_field"))

CHECK_OPTION_NAMES = ("examples", "seed", "laws", "skip", "timeout", "fail_on", "strict", "largest")
"""The options of the fixture gradcheck that are not those of `adapt`, for the suggestion of a name."""
