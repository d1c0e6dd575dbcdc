"""The eleven laws, in the order of judgement."""

from gradcheck.laws import (
    batching,
    broadcasting,
    contract,
    extremes,
    gradient,
    kinks,
    layout,
    linearity,
    precision,
    purity,
    value,
)
from gradcheck.laws.law import Law
from gradcheck.op import LAW_NAMES

MODULES = (contract, purity, value, gradient, kinks, linearity, batching, broadcasting, layout, precision, extremes)
LAWS: dict[str, Law] = {module.LAW.name: module.LAW for module in MODULES}

if tuple(LAWS) != LAW_NAMES:
    raise ImportError("the laws and their names in op.py differ")
