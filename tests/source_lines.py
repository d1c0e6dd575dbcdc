"""Lines of functions in their files."""

import inspect


def holds_line(function, line):
    """Whether a function stands on a line of its file."""
    lines, first = inspect.getsourcelines(function)
    return first <= line < first + len(lines)
