"""assert_correct: one call for a test of one's own."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck import engine
from gradcheck.case import Case
from gradcheck.inference import infer
from gradcheck.layout import Counter
from gradcheck.op import LAW_NAMES, Op
from gradcheck.search import with_upstream
from gradcheck.values import counted_upstream
from gradcheck.verdict import ACCUSING


def assert_correct(
    forward: Callable[..., Any] | Op,
    backward: Callable[..., Any] | None = None,
    *,
    at: Sequence[Any] | None = None,
    reference: Callable[..., Any] | None = None,
    examples: int = 100,
    seed: int = 0,
    laws: Sequence[str] | None = None,
) -> None:
    """Check a pair of functions, or an Op; with `at`, at exactly these inputs and around them.

    forward(*inputs) -> (y, cache), backward(dy, cache) -> gradients; at: one array per input, whole numbers having no
    gradient. Raises AssertionError with the smallest counterexample where the backward is wrong or nothing could be
    examined, inference.NoShapes where neither annotations, `at` nor the usual shapes fit the forward.
    """
    op = forward if isinstance(forward, Op) else infer(name_of(forward), forward, required(backward), reference, at)
    if at is not None and isinstance(forward, Op):
        op = infer_at(forward, at)
    kept = [] if at is None else [case_at(op, at, seed)]
    chosen = LAW_NAMES if laws is None else tuple(laws)
    result = engine.check(op, examples=examples, seed=seed, laws=chosen, kept=kept)
    problems = [f for f in result.findings if f.status in ACCUSING]
    if problems:
        from gradcheck.report.text import blocks  # noqa: PLC0415 - a passing check needs no report

        raise AssertionError(blocks(problems))
    gradient = result.verdict("gradient")
    if gradient is not None and gradient.status == "inconclusive":
        raise AssertionError(f"{op.name}: the gradient could not be examined: {gradient.reason}")


def name_of(forward: Callable[..., Any]) -> str:
    """The op's name: the function's, without the word forward."""
    return forward.__name__.removesuffix("_forward") or "op"


def required(backward: Callable[..., Any] | None) -> Callable[..., Any]:
    """The backward.  Raises TypeError where there is none."""
    if backward is None:
        raise TypeError("assert_correct(forward, backward): the backward is missing")
    return backward


def infer_at(op: Op, at: Sequence[Any]) -> Op:
    """The op with inputs at and around a point in place of the declared ones."""
    pinned = infer(op.name, op.forward, op.backward, op.reference, at)
    return pinned


def case_at(op: Op, at: Sequence[Any], seed: int) -> Case:
    """The case at exactly this point."""
    inputs = {
        label: np.array(a, dtype=None if np.asarray(a).dtype.kind in "iub" else np.float64)
        for label, a in zip(op.inputs, at, strict=True)
    }
    return with_upstream(
        op, Case(op.name, inputs, (), {}, seed), lambda outputs: counted_upstream(outputs, Counter(seed, "at"))
    )
