"""Warnings of gradcheck as lines on stderr."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from gradcheck.escaping import cut_text, escape_unprintable

MAX_WARNING_LENGTH = 2000
"""Characters of a warning that are printed; it may quote user code."""


@contextmanager
def print_warnings(category: type[Warning]) -> Iterator[None]:
    """Print warnings of one category that are raised meanwhile as one line each on stderr."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", category)
        yield
    for warning in caught:
        print(f"gradcheck: {escape_unprintable(cut_text(str(warning.message), MAX_WARNING_LENGTH))}", file=sys.stderr)
