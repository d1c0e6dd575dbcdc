"""What a user can mend is told in a message, not by a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def refusals() -> tuple[type[Exception], ...]:
    """The exceptions whose messages say what to write instead."""
    from gradcheck.adapters import AdapterError  # noqa: PLC0415
    from gradcheck.discovery import TargetError  # noqa: PLC0415
    from gradcheck.inference import NoShapes  # noqa: PLC0415
    from gradcheck.session import UsageError  # noqa: PLC0415
    from gradcheck.settings import SettingsError  # noqa: PLC0415
    from gradcheck.shape import DeclarationError  # noqa: PLC0415

    return AdapterError, DeclarationError, NoShapes, SettingsError, TargetError, UsageError


@contextmanager
def refused() -> Iterator[None]:
    """What cannot be checked fails the test, in one message."""
    try:
        yield
    except refusals() as error:
        raise pytest.fail.Exception(f"gradcheck: {error}", pytrace=False) from None
