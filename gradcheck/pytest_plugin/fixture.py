"""The fixture gradcheck: an op checked in the middle of a test."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin import marker, run_records
from gradcheck.pytest_plugin.check_options import NAMES, checked
from gradcheck.pytest_plugin.one_op import examined
from gradcheck.pytest_plugin.outcomes import settle
from gradcheck.pytest_plugin.project import PROJECT
from gradcheck.pytest_plugin.usage_errors import refused

if TYPE_CHECKING:
    from gradcheck.declaration.op import Op
    from gradcheck.records.results import OpResult


class Check:
    """What the fixture is: gradcheck(op), or gradcheck(forward, backward, x=np.ones((3, 4)))."""

    def __init__(self, item: pytest.Item) -> None:
        self.item, self.calls = item, Counter[str]()

    def __call__(self, thing: Any, backward: Callable[..., Any] | None = None, **given: Any) -> "OpResult":
        """Check an op, a pair of functions, or anything else that adapters know, and return what was found.

        given: examples, seed, laws, skip, timeout, fail_on and strict as in the marker, over it; the rest says how to
        make an op of the thing.  The test fails where a law does not hold or the gradient could not be examined, and
        is skipped where no law has anything to say.
        """
        from gradcheck.running.one_op import LocatedOp  # noqa: PLC0415

        own = {name: given.pop(name) for name in NAMES if name in given}
        with refused():
            choices = marker.chosen(self.item).under(checked(own))
            laws, op = choices.asked(), adapted(thing, backward, given)
        one = LocatedOp(op, self.item.nodeid)
        result = self.named_apart(examined(self.item.config, choices, one, laws, laws[0]))
        run_records.attach(self.item, choices, result)
        settle(self.item.config.stash[PROJECT], choices, result)
        return result

    def named_apart(self, result: "OpResult") -> "OpResult":
        """The result, under a name of its own where the test checked an op of that name before."""
        self.calls[result.op] += 1
        count = self.calls[result.op]
        return result if count == 1 else replace(result, op=f"{result.op} ({count})")


def adapted(thing: Any, backward: Callable[..., Any] | None, given: dict[str, Any]) -> "Op":
    """An op of whatever holds a forward and a backward."""
    from gradcheck.adapters import adapt  # noqa: PLC0415

    return adapt(thing, backward, **given)
