"""The fast lane: what a contributor runs on save, python -m pytest -m "not slow".

The whole lane takes less than a minute of CPU.  A test of more than a quarter of a second is slow: one that starts
processes, compiles, or checks an op to the end; a few of each kind stay.
"""

from collections.abc import Iterable
from typing import Any

import pytest


def mark_most_slow(values: Iterable[Any], every: int) -> list[Any]:
    """The values of one parameter, of which the first and one in `every` stay in the fast lane."""
    return [v if i % every == 0 else pytest.param(v, marks=pytest.mark.slow) for i, v in enumerate(values)]
