"""A module that has imported a function which ends the process, under its own name."""

from os import _exit


def leave(code):
    """End the process."""
    _exit(code)
