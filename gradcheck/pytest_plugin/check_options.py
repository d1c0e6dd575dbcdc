"""The options of one check, which settings, command-line options, markers and the arguments of a call may set."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from gradcheck.running import settings


@dataclass(frozen=True)
class CheckOptions:
    """The options of one check.  laws: all where none is named.  timeout: seconds for each op, None for no limit.
    largest: elements of a case with a long axis, None for the default."""

    examples: int = 100
    seed: int = 0
    laws: Sequence[str] = ()
    skip: Sequence[str] = ()
    timeout: float | None = None
    fail_on: str | None = None
    strict: bool = False
    largest: int | None = None

    def with_overrides(self, given: Mapping[str, Any]) -> "CheckOptions":
        """Return these options, with those that a source of higher precedence sets in their place."""
        own = {name: value for name, value in given.items() if name in OPTION_NAMES}
        return CheckOptions(**{**settings.drop_overridden(asdict(self), own), **own})

    def resolve_laws(self) -> tuple[str, ...]:
        """Return the laws to check.  Raises session.UsageError."""
        from gradcheck.running.session import select_laws

        return select_laws(self.laws, self.skip)


OPTION_NAMES = tuple(field.name for field in fields(CheckOptions))
"""The arguments of the marker, and those of the fixture that are not the op's."""


def validate_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a marker or a call.  Raises SettingsError for a value that does not fit, and
    session.UsageError for a name that does not exist."""
    from gradcheck.running.session import require_known_names

    require_known_names(arguments, OPTION_NAMES, "argument")
    keys = {key.parameter: key for key in settings.SETTING_KEYS.values()}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in arguments.items()}
    for name, value in plain.items():
        if not keys[name].fits(value):
            raise settings.SettingsError(f"{name}={value!r} is wrong: it wants {keys[name].expected_value}")
    CheckOptions().with_overrides(plain).resolve_laws()
    return plain
