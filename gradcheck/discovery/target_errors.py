"""Errors of targets, and warnings of code found there that cannot be checked."""


class TargetError(Exception):
    """A target that cannot be used; the message says which, why, and what to do.

    Examples
    --------
    >>> from gradcheck import find
    >>> find("nowhere.py")
    Traceback (most recent call last):
        ...
    gradcheck.discovery.target_errors.TargetError: nowhere.py: no such file
    """


class ImportFailure(TargetError):
    """A file or a module that raises while it is imported: a mistake in it, not in the target."""


class UncheckedWarning(UserWarning):
    """Something with a backward that was found, and cannot be checked as it is."""
