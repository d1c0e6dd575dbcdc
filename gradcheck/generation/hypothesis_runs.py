"""Runs of Hypothesis, with settings of our own."""

import zlib
from collections.abc import Callable
from typing import Any


def make_hypothesis_settings(examples: int, shrink: bool) -> Any:
    """Settings of our own, whatever profile is loaded: no database, no deadline, nothing printed."""
    import hypothesis as h

    phases = [h.Phase.generate, h.Phase.shrink] if shrink else [h.Phase.generate]
    return h.settings(
        max_examples=examples,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=h.Verbosity.quiet,
        suppress_health_check=list(h.HealthCheck),
        backend="hypothesis",
    )


def run_property(property: Callable[[Any], None], strategy: Any, seed: str, settings: Any) -> None:
    """Run a property on draws from a strategy."""
    import hypothesis as h

    decorators: Any = h
    run = decorators.seed(zlib.crc32(seed.encode()))(settings(decorators.given(strategy)(property)))
    run()


class BudgetSpent(BaseException):
    """The budget of calls is spent.  Not an Exception, so that Hypothesis lets it through."""
