"""Runs the script of an op as a person would who pastes it."""

from contextlib import contextmanager

import jax
import numpy as np

from gradcheck.adapters.inference import draw_trial_case
from gradcheck.evaluation.evaluator import Evaluator


@contextmanager
def kept_precision():
    """What a script sets process-wide, as a person may, is taken back."""
    before = jax.config.jax_enable_x64
    try:
        yield
    finally:
        jax.config.update("jax_enable_x64", before)


@kept_precision()
def run(op, **names):
    """What the script leaves behind in its variables, and the gradients that the op gives, both by name."""
    case = draw_trial_case(op)
    several = len(op.outputs) > 1
    y, dy = ("(y0, y1)", "(dy0, dy1)") if several else ("y", "dy")
    scope = {"np": np, **{n: a.copy() for n, a in case.inputs.items()}, **names}
    scope |= {f"dy{i}" if several else "dy": u for i, u in enumerate(case.upstream)}
    settings = {n: repr(v) for n, v in case.settings.items()}
    for part in (op.origin.script.opening, op.origin.script.forward, op.origin.script.backward):
        exec(part.format(y=y, dy=dy, **settings), scope)
    gradients = Evaluator(op, case).gradients(case.point, case.upstream)
    return scope, {f"d{n}": g for n, g in zip(case.inputs, gradients, strict=True) if g is not None}
