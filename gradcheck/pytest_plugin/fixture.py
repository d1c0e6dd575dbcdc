"""The fixture gradcheck: an op checked in the middle of a test."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin import marker, run_records
from gradcheck.pytest_plugin.check_options import OPTION_NAMES, validate_arguments
from gradcheck.pytest_plugin.host_check import check_op_in_session, fail_on_timeout, guard_host
from gradcheck.pytest_plugin.outcomes import decide_test
from gradcheck.pytest_plugin.usage_errors import fail_on_usage_error

if TYPE_CHECKING:
    from gradcheck.declaration.op import Op
    from gradcheck.declaration.settings import Whole
    from gradcheck.records.results import OpResult


class GradcheckFixture:
    """The value of the fixture: gradcheck(op), or gradcheck(forward, backward, x=np.ones((3, 4)))."""

    def __init__(self, item: pytest.Item) -> None:
        self.item, self.calls = item, Counter[str]()

    def __call__(
        self,
        thing: Any,
        backward: Callable[..., Any] | None = None,
        *,
        examples: int | None = None,
        seed: int | None = None,
        laws: Sequence[str] | None = None,
        skip: Sequence[str] | None = None,
        timeout: float | None = None,
        fail_on: str | None = None,
        strict: bool | None = None,
        largest: int | None = None,
        adapter: str | None = None,
        name: str | None = None,
        reference: Callable[..., Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
        at: Sequence[Any] | None = None,
        averaged: Mapping[str, str] | None = None,
        gradients: Sequence[str] | None = None,
        parameters: Mapping[str, Any] | None = None,
        upstream: bool | None = None,
        xp: Any = None,
        dtypes: tuple[str, ...] | None = None,
        sizes: "Mapping[str, Whole] | None" = None,
        batch: str | None = None,
        exceptions: Mapping[str, str] | None = None,
        source: str | None = None,
        formula: str | None = None,
        convention: str | None = None,
        kinks: Callable[..., Any] | None = None,
        same_as: str | None = None,
        **declarations: Any,
    ) -> "OpResult":
        """Check an op, a pair of functions, or anything else that `adapt` takes, and fail the test where it is wrong.

        Parameters
        ----------
        thing : Op, callable, class or object
            An op, or the forward, or whatever else `adapt` takes.
        backward : callable, optional
            The backward, where it is a function of its own.
        examples, seed, laws, skip, timeout, fail_on, strict, largest : optional
            As in the marker, over it: the number of cases, their seed, the laws to ask and to leave out, seconds after
            which the op is stopped, "imprecise" or "warning" to fail on these too, whether what is left open fails, and
            the elements of a case with a long axis.
        adapter, name, reference, inputs, at, averaged, gradients, parameters, upstream, xp : optional
            As for `adapt`.
        dtypes, sizes, batch, exceptions, source, formula, convention, kinks, same_as : optional
            As for `adapt`.
        **declarations
            What each parameter of the code is, by its name, as for `adapt`.

        Returns
        -------
        OpResult
            What was found.  The test is skipped where no law has anything to say.

        Raises
        ------
        pytest.fail.Exception
            If a law does not hold, the gradient could not be examined, or the arguments do not fit.

        Warns
        -----
        FindingWarning
            For a finding of the status "warning", where the test passes.

        Examples
        --------
        ::

            def test_square(gradcheck):
                gradcheck(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x=np.ones((3, 4)))
        """
        from gradcheck.running.located_op import LocatedOp
        from gradcheck.running.time_limit import Phase

        given = locals()
        own = {option: given[option] for option in OPTION_NAMES if given[option] is not None}
        with fail_on_usage_error():
            choices = marker.collect_marker_options(self.item).with_overrides(validate_arguments(own))
            chosen = choices.resolve_laws()
        with guard_host(self.item.config, choices) as allowance:
            with fail_on_usage_error(), fail_on_timeout(), allowance.limit_phase(Phase.TRIAL):
                op = adapt_in_test(thing, backward, given)
            one = LocatedOp(op, self.item.nodeid)
            checked = check_op_in_session(self.item.config, choices, one, chosen, chosen[0], allowance)
        result = self.with_distinct_name(checked)
        run_records.attach_record(self.item, choices, result)
        decide_test(self.item, choices, result)
        return result

    def with_distinct_name(self, result: "OpResult") -> "OpResult":
        """The result, under a name of its own where the test checked an op of that name before."""
        self.calls[result.op] += 1
        count = self.calls[result.op]
        return result if count == 1 else replace(result, op=f"{result.op} ({count})")


def adapt_in_test(thing: Any, backward: Callable[..., Any] | None, given: Mapping[str, Any]) -> "Op":
    """An op of whatever holds a forward and a backward.  given: all arguments of the call."""
    from gradcheck.adapters import AdaptOptions, adapt_with_options

    return adapt_with_options(thing, backward, AdaptOptions.of(given), given["declarations"])
