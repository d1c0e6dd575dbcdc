"""One check at a time: while one runs, NumPy's conversions, the noise of its arrays, the insides of Hypothesis and the
filters of warnings are others for the whole process, so that those of other threads wait."""

from threading import RLock

ALONE = RLock()
"""Held by whoever runs code under test for a judgement; re-entrant, since one such function calls another."""
