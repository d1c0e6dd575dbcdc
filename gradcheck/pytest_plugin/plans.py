"""The plan by which a test checks an op."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradcheck.pytest_plugin.check_options import CheckOptions
from gradcheck.pytest_plugin.project import Project

if TYPE_CHECKING:
    from gradcheck.running.plan import Plan


def make_plan(project: Project, choices: CheckOptions, target: str, laws: Sequence[str]) -> "Plan":
    """Make the plan for an op; errors are measured where they are saved or compared and the law gradient is checked.
    Raises UsageError where the system cannot stop an op in time."""
    from gradcheck.laws.registry import measuring_laws
    from gradcheck.running.plan import Plan
    from gradcheck.running.session import require_timeout_support

    measure = project.measures_errors and bool(measuring_laws() & set(laws))
    timeout = choices.timeout
    require_timeout_support(timeout)
    return Plan(
        (target,),
        tuple(laws),
        choices.examples,
        choices.seed,
        timeout,
        measure,
        largest=choices.largest,
        folder=project.kept,
    )
