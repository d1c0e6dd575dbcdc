"""The fixture gradcheck: an op checked in the middle of a test."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin import marker, run_records
from gradcheck.pytest_plugin.check_options import OPTION_NAMES, validate_arguments
from gradcheck.pytest_plugin.one_op import check_op_in_session
from gradcheck.pytest_plugin.outcomes import fail_or_skip
from gradcheck.pytest_plugin.project import PROJECT_KEY
from gradcheck.pytest_plugin.usage_errors import fail_on_usage_error

if TYPE_CHECKING:
    from gradcheck.declaration.op import Op
    from gradcheck.records.results import OpResult


class GradcheckFixture:
    """What the fixture is: gradcheck(op), or gradcheck(forward, backward, x=np.ones((3, 4)))."""

    def __init__(self, item: pytest.Item) -> None:
        self.item, self.calls = item, Counter[str]()

    def __call__(self, thing: Any, backward: Callable[..., Any] | None = None, **given: Any) -> "OpResult":
        """Check an op, a pair of functions, or anything else that adapters know, and return what was found.

        given: examples, seed, laws, skip, timeout, fail_on and strict as in the marker, over it; the rest says how to
        make an op of the thing.  The test fails where a law does not hold or the gradient could not be examined, and
        is skipped where no law has anything to say.
        """
        from gradcheck.running.located_op import LocatedOp  # noqa: PLC0415

        own = {name: given.pop(name) for name in OPTION_NAMES if name in given}
        with fail_on_usage_error():
            choices = marker.collect_marker_options(self.item).with_overrides(validate_arguments(own))
            laws, op = choices.resolve_laws(), adapt_in_test(thing, backward, given)
        one = LocatedOp(op, self.item.nodeid)
        result = self.with_distinct_name(check_op_in_session(self.item.config, choices, one, laws, laws[0]))
        run_records.attach_record(self.item, choices, result)
        fail_or_skip(self.item.config.stash[PROJECT_KEY], choices, result)
        return result

    def with_distinct_name(self, result: "OpResult") -> "OpResult":
        """The result, under a name of its own where the test checked an op of that name before."""
        self.calls[result.op] += 1
        count = self.calls[result.op]
        return result if count == 1 else replace(result, op=f"{result.op} ({count})")


def adapt_in_test(thing: Any, backward: Callable[..., Any] | None, given: dict[str, Any]) -> "Op":
    """An op of whatever holds a forward and a backward."""
    from gradcheck.adapters import adapt  # noqa: PLC0415

    return adapt(thing, backward, **given)
