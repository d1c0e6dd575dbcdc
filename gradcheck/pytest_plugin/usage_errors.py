"""Errors that a user can correct: a message without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def list_usage_errors() -> tuple[type[Exception], ...]:
    """List the exceptions whose messages say what to write instead."""
    from gradcheck.adapters import AdapterError
    from gradcheck.adapters.inference import CrashedTrialError, NoShapes
    from gradcheck.declaration.shape import DeclarationError
    from gradcheck.discovery.target_errors import TargetError
    from gradcheck.extensions import ExtensionError
    from gradcheck.running.session import UsageError
    from gradcheck.running.settings import SettingsError

    return (
        AdapterError,
        CrashedTrialError,
        DeclarationError,
        ExtensionError,
        NoShapes,
        SettingsError,
        TargetError,
        UsageError,
    )


@contextmanager
def fail_on_usage_error() -> Iterator[None]:
    """Fail the test with one message where the code within raises an error that a user can correct."""
    try:
        yield
    except list_usage_errors() as error:
        raise pytest.fail.Exception(f"gradcheck: {error}", pytrace=False) from None
