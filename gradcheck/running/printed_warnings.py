"""Warnings of gradcheck as lines on stderr."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def print_warnings(category: type[Warning]) -> Iterator[None]:
    """Print warnings of one category that are raised meanwhile as one line each on stderr."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", category)
        yield
    for warning in caught:
        print(f"gradcheck: {warning.message}", file=sys.stderr)
