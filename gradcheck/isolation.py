"""One check at a time: while one runs, NumPy's conversions, the noise of its arrays, the insides of Hypothesis and the
filters of warnings are others for the whole process, so that those of other threads wait."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import numpy as np

GLOBAL_STATE_LOCK = RLock()
"""Held by whoever runs code under test for a judgement; re-entrant, since one such function calls another."""


@contextmanager
def silence_warnings() -> Iterator[None]:
    """Stencils step over poles and overflow on purpose: their warnings say nothing about the op.  Other threads
    wait."""
    with GLOBAL_STATE_LOCK, np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
