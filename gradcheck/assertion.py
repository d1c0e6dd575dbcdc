"""assert_correct: one call for a test of one's own."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from gradcheck.adapters import AdaptOptions, adapt_with_options
from gradcheck.adapters.inference import declare_around_point
from gradcheck.checking.check import check
from gradcheck.checking.outcome import FindingWarning, describe_warnings
from gradcheck.checking.replaced_names import add_replacement_finding, describe_replacements
from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Whole, choice, normalise_setting
from gradcheck.evaluation.descriptions import describe_raised
from gradcheck.evaluation.process_state import preserve_process_state
from gradcheck.generation.chosen_point import choose_simplest_settings, make_case_at
from gradcheck.laws.registry import load_laws
from gradcheck.records.results import OpResult
from gradcheck.records.status import FAILING_STATUSES, Status
from gradcheck.running.time_limit import HOST_GRACE_SECONDS, OpTimeout, Phase, TimeAllowance, end_process_after


def assert_correct(
    thing: Any,
    backward: Callable[..., Any] | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    examples: int = 100,
    seed: int = 0,
    laws: Sequence[str] | None = None,
    timeout: float | None = None,
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
    sizes: Mapping[str, Whole] | None = None,
    batch: str | None = None,
    exceptions: Mapping[str, str] | None = None,
    source: str | None = None,
    formula: str | None = None,
    convention: str | None = None,
    kinks: Callable[..., Any] | None = None,
    same_as: str | None = None,
    **declarations: Any,
) -> None:
    """Check a forward and a backward in a test, and raise with the smallest counterexample where they are wrong.

    Parameters
    ----------
    thing : Op, callable, class or object
        An op, or the forward, or whatever else `adapt` takes.
    backward : callable, optional
        The backward, where it is a function of its own.
    settings : mapping, optional
        With `at`, the values of settings that are not to be the simplest.
    examples : int, optional
        The number of generated cases.
    seed : int, optional
        The same seed gives the same cases.
    laws : sequence of str, optional
        The names of the laws to ask; by default all.
    timeout : float, optional
        Seconds after which the check is stopped; by default ten minutes, and 15 seconds until shapes are found.
    at : sequence of array_like, optional
        One array for each input: checks exactly this point and its surroundings.  Whole numbers have no gradient.
    adapter, name, reference, inputs, averaged, gradients, parameters, upstream, xp : optional
        As for `adapt`.
    dtypes, sizes, batch, exceptions, source, formula, convention, kinks, same_as : optional
        As for `adapt`.
    **declarations
        What each parameter of the code is, by its name, as for `adapt`.

    Raises
    ------
    AssertionError
        If the backward is wrong, with the counterexample, if the gradient could not be examined, or the time is over.
    ValueError
        For arguments that do not fit; AdapterError, NoShapes and DeclarationError are of this kind.

    Warns
    -----
    FindingWarning
        For a finding of the status "warning", where nothing fails.

    Examples
    --------
    >>> from gradcheck import assert_correct
    >>> def square(x):
    ...     return x * x, x
    >>> assert_correct(square, lambda dy, x: 2 * x * dy, x="N", examples=4)
    >>> assert_correct(square, lambda dy, x: x * dy, x="N", examples=4)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: square: gradient of x is ...
    """
    options = AdaptOptions.of(locals())
    existing = load_laws()
    if laws is not None and (not laws or set(laws) - set(existing)):
        raise ValueError(f"laws={list(laws)!r}: name at least one of {', '.join(existing)}")
    declared, allowance = isinstance(thing, Op), TimeAllowance(timeout)
    with (
        raise_timeout(),
        end_process_after(allowance.most_seconds + HOST_GRACE_SECONDS),
        preserve_and_explain_state() as replaced,
    ):
        with allowance.limit_phase(Phase.TRIAL):
            op = adapt_with_options(thing, backward, replace(options, at=None) if declared else options, declarations)
        values = fill_in_settings(op, settings or {})
        if at is not None and declared:
            op = pin_to_point(op, at, values)
        with allowance.limit_phase(Phase.CHECK):
            point = None if at is None else make_case_at(op, at, values, seed)
            result = check(op, examples=examples, seed=seed, laws=laws, point=point)
    raise_problems(op, add_replacement_finding(result, replaced))


@contextmanager
def raise_timeout() -> Iterator[None]:
    """Raise AssertionError where the time is over within."""
    try:
        yield
    except OpTimeout as stop:
        raise AssertionError(f"the check was {stop}") from None


@contextmanager
def preserve_and_explain_state() -> Iterator[list[str]]:
    """Preserve the state of the process; yields what preserve_process_state does.  Raises AssertionError for any
    exception where the code under test had replaced names."""
    replaced: list[str] = []
    try:
        with preserve_process_state() as names:
            replaced = names
            yield names
    except Exception as error:
        if not replaced:
            raise
        claim = f"{describe_replacements(replaced)}, and the check could not go on: {describe_raised(error)}"
        raise AssertionError(claim) from error


def raise_problems(op: Op, result: OpResult) -> None:
    """Raises AssertionError for what is wrong, or where the gradient could not be examined; else warns, in the name of
    the caller of assert_correct, of findings that are warnings."""
    problems = [f for f in result.findings if f.status in FAILING_STATUSES]
    if problems:
        from gradcheck.report.text import render_findings  # a passing check needs no report

        raise AssertionError(render_findings(problems, result.script))
    for verdict in result.verdicts:
        if load_laws()[verdict.law].is_required and verdict.status is Status.INCONCLUSIVE:
            raise AssertionError(f"{op.name}: the {verdict.law} could not be examined: {verdict.reason}")
    for said in describe_warnings(result):
        warnings.warn(said, FindingWarning, stacklevel=3)


def pin_to_point(op: Op, at: Sequence[Any], settings: Mapping[str, Any]) -> Op:
    """The op with inputs at and around a point and fixed settings, all else as declared."""
    inputs = declare_around_point(op.name, list_input_labels(op, len(at)), at)
    return replace(op, inputs=inputs, sizes={}, batch=None, settings={n: choice(v) for n, v in settings.items()})


def fill_in_settings(op: Op, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A value for every setting: the given one, else the simplest that is declared.  Raises ValueError for a setting
    that does not exist, or a value that no case can keep."""
    if unknown := settings.keys() - op.settings.keys():
        raise ValueError(f"{op.name} has no settings {sorted(unknown)}; it has {sorted(op.settings)}")
    simplest = choose_simplest_settings(op)
    return {name: normalise_setting(f"settings[{name!r}]", settings.get(name, simplest[name])) for name in op.settings}


def list_input_labels(op: Op, count: int) -> list[str]:
    """The names of the inputs, those of a Several numbered."""
    ((name, declared), *others) = op.inputs.items()
    if isinstance(declared, Several) and not others:
        return [f"{name}_{i}" for i in range(count)]
    return list(op.inputs)
