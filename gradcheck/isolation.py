"""The state that a check changes for its whole process while it runs, and the lock that lets one check at a time do so.

The filters of warnings, which Python keeps for all threads (`silence_warnings`, oracles.complex_step); the state of
NumPy's global random numbers, which is put back (laws.purity); sys.path and sys.modules, while a file outside a package
is loaded or its ops run (discovery.module_loading); the insides of Hypothesis (generation.hypothesis_runs); the code of
functions under test while an edit of it is tried, and where they print meanwhile (causes.edits); and what code under
test changes, which is put back (evaluation.process_state).  Nothing else: NumPy's names and arrays are for other
threads what they always are.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import numpy as np

GLOBAL_STATE_LOCK = RLock()
"""Held by whoever changes one of these; re-entrant, since one such function calls another."""


@contextmanager
def silence_warnings() -> Iterator[None]:
    """Stencils step over poles and overflow on purpose: their warnings say nothing about the op.  Checks of other
    threads wait, since the filters that one of them puts back are those that the other has found."""
    with GLOBAL_STATE_LOCK, np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
