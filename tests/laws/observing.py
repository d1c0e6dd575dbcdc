"""What one law sees at one point."""

import numpy as np

from gradcheck.checking.op_check import examine_case
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case


def make_case(op, *inputs, upstream=None, seed=0, **settings):
    """The case at these inputs; an upstream of cosines unless one is given."""
    arrays = [np.asarray(x) if np.asarray(x).dtype.kind in "iub" else np.asarray(x, float) for x in inputs]
    if upstream is None:
        outputs = op.forward(*map(np.copy, arrays), **settings)[0]
        shapes = [np.shape(y) for y in (outputs if isinstance(outputs, tuple) else (outputs,))]
        upstream = tuple(np.cos(1 + np.arange(np.prod(shape, dtype=int))).reshape(shape) for shape in shapes)
    return Case(op.name, dict(zip(op.inputs, arrays, strict=True)), upstream, settings, seed)


def observe(law, op, *inputs, **given):
    """The observation of the law of this name."""
    with silence_warnings():
        return examine_case(op, make_case(op, *inputs, **given), [load_laws()[law]])[law]


def claims(law, op, *inputs, **given):
    """What the law claims against the op."""
    return [finding.claim for finding in observe(law, op, *inputs, **given).findings]
