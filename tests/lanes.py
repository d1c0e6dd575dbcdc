"""The fast lane: what a contributor runs on save, python -m pytest -m "not slow".

A test of more than half a second of CPU is slow: one that starts processes, compiles, or checks an op to the end.
"""

from collections.abc import Iterable
from typing import Any

import pytest


def mark_most_slow(values: Iterable[Any], every: int) -> list[Any]:
    """The values of one parameter, of which the first and one in `every` stay in the fast lane."""
    return [v if i % every == 0 else pytest.param(v, marks=pytest.mark.slow) for i, v in enumerate(values)]
