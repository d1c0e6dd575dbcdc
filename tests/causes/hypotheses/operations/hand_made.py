"""Operations made by hand, for tests of what is done with them."""

import numpy as np

from gradcheck.causes.watched_forward import Operation


def run_by_hand(apply, *operands, **settings):
    """The operation of a function on these operands."""
    result = np.asarray(apply(*operands, **settings))
    return Operation(apply.__name__, apply, operands, settings, result, operands, result)


def move_by_hand(apply, before, now):
    """The same operation on the operands of the case, and on those of another point."""
    return run_by_hand(apply, *before), run_by_hand(apply, *now)
