"""Runs of Hypothesis: settings of our own, and the same draws for a seed whatever is loaded."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gradcheck.private_interfaces import HYPOTHESIS_SOURCE_CONSTANTS, find_private_interface


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
    with ignore_source_constants():
        run()


@contextmanager
def ignore_source_constants() -> Iterator[None]:
    """Hypothesis also draws the constants that it finds in the source of whatever modules are loaded, so that the
    cases of a seed would depend on who asks for them; there is no public switch.  Where its insides are other than
    expected, that is told and nothing is done."""
    if any(find_private_interface(interface) is None for interface in HYPOTHESIS_SOURCE_CONSTANTS):
        yield
        return
    from hypothesis.internal.conjecture import providers

    module: Any = providers
    before = module._get_local_constants, module.CONSTANTS_CACHE
    module._get_local_constants, module.CONSTANTS_CACHE = module.Constants, type(before[1])(1024)
    try:
        yield
    finally:
        module._get_local_constants, module.CONSTANTS_CACHE = before


class BudgetSpent(BaseException):
    """The budget of calls is spent.  Not an Exception, so that Hypothesis lets it through."""
