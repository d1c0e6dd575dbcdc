"""Hypotheses of the upstream of one output that is sent through another one."""

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.wrong_case import WrongCase


def propose_joined_upstreams(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the upstream of an output is added to that of another one of its shape, and sent through that."""
    for (j, u), (k, v) in permutations(enumerate(case.upstream), 2):
        if u.shape == v.shape:
            taken, into = case.op.outputs[k], case.op.outputs[j]
            for rest, how in ((np.zeros_like(v), "in place of its own way"), (v, "besides its own way")):
                joined = {j: u + v, k: rest}
                upstream = tuple(joined.get(n, w) for n, w in enumerate(case.upstream))
                words = f"the upstream of {taken} is sent through {into}, {how}"
                cause = Cause(
                    "upstream-wrong", words, f"Add the upstream of {taken} behind the way back through {into}."
                )
                yield Hypothesis(cause, case.pull(i, upstream).value)
