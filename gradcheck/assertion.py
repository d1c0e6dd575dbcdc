"""assert_correct: one call for a test of one's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gradcheck.adapters import adapt
from gradcheck.adapters.inference import declare_around_point
from gradcheck.checking.check import check
from gradcheck.declaration.op import Op, Several, choice, normalise_setting
from gradcheck.generation.chosen_point import choose_simplest_settings, make_case_at
from gradcheck.laws.registry import load_laws
from gradcheck.records.status import FAILING_STATUSES, Status


def assert_correct(
    thing: Any,
    backward: Callable[..., Any] | None = None,
    *,
    at: Sequence[Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    examples: int = 100,
    seed: int = 0,
    laws: Sequence[str] | None = None,
    **given: Any,
) -> None:
    """Check a forward and a backward, an Op, or whatever else `adapt` takes; with `at`, at exactly these inputs and
    around them.

    at: one array per input, whole numbers having no gradient.  settings: with `at`, those that are not to be the
    simplest.  laws: names of those to ask.  given: as for `adapt`, what the parameters are, reference and so on.
    Raises AssertionError with the smallest counterexample where the backward is wrong or nothing could be examined,
    ValueError (AdapterError, inference.NoShapes among them) for arguments that do not fit.
    """
    existing = load_laws()
    if laws is not None and (not laws or set(laws) - set(existing)):
        raise ValueError(f"laws={list(laws)!r}: name at least one of {', '.join(existing)}")
    declared = isinstance(thing, Op)
    op = adapt(thing, backward, **given) if declared else adapt(thing, backward, at=at, **given)
    values = fill_in_settings(op, settings or {})
    if at is not None and declared:
        op = pin_to_point(op, at, values)
    kept = [] if at is None else [make_case_at(op, at, values, seed)]
    result = check(op, examples=examples, seed=seed, laws=laws, kept=kept)
    problems = [f for f in result.findings if f.status in FAILING_STATUSES]
    if problems:
        from gradcheck.report.text import render_findings  # noqa: PLC0415 - a passing check needs no report

        raise AssertionError(render_findings(problems, result.script))
    for verdict in result.verdicts:
        if existing[verdict.law].is_required and verdict.status is Status.INCONCLUSIVE:
            raise AssertionError(f"{op.name}: the {verdict.law} could not be examined: {verdict.reason}")


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
