"""What a user can mend is told in a message, not by a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def refusals() -> tuple[type[Exception], ...]:
    """The exceptions whose messages say what to write instead."""
    from gradcheck.adapters import AdapterError  # noqa: PLC0415
    from gradcheck.adapters.inference import NoShapes  # noqa: PLC0415
    from gradcheck.declaration.shape import DeclarationError  # noqa: PLC0415
    from gradcheck.discovery.targets import TargetError  # noqa: PLC0415
    from gradcheck.running.session import UsageError  # noqa: PLC0415
    from gradcheck.running.settings import SettingsError  # noqa: PLC0415

    return AdapterError, DeclarationError, NoShapes, SettingsError, TargetError, UsageError


@contextmanager
def refused() -> Iterator[None]:
    """What cannot be checked fails the test, in one message."""
    try:
        yield
    except refusals() as error:
        raise pytest.fail.Exception(f"gradcheck: {error}", pytrace=False) from None
