"""The eleven laws, in the order of judgement."""

from gradcheck.declaration.op import LAW_NAMES
from gradcheck.laws import (
    batching,
    broadcasting,
    contract,
    extremes,
    linearity,
    memory_layout,
    precision,
    purity,
    value,
)
from gradcheck.laws.gradient import law as gradient
from gradcheck.laws.kinks import law as kinks
from gradcheck.laws.law import Law

LAW_MODULES = (
    contract,
    purity,
    value,
    gradient,
    kinks,
    linearity,
    batching,
    broadcasting,
    memory_layout,
    precision,
    extremes,
)
LAWS: dict[str, Law] = {module.LAW.name: module.LAW for module in LAW_MODULES}

if tuple(LAWS) != LAW_NAMES:
    raise ImportError("the laws and their names in op.py differ")
