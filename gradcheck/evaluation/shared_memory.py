"""Which of many arrays share memory."""

from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.arrays import Values


def find_shared_memory(arrays: Sequence[Values], first: int) -> Iterator[tuple[int, int]]:
    """Yield each pair of numbers, the later first, of arrays of which an element is the same memory; the later one is
    `first` or after it.  Only pairs whose ranges of addresses overlap are looked into."""
    bounds = [np.lib.array_utils.byte_bounds(a) for a in arrays]
    starts, ends = np.array(bounds, np.uint64).reshape(-1, 2).T
    for later in range(first, len(arrays)):
        start, end = starts[later], ends[later]
        for earlier in np.flatnonzero((starts[:later] < end) & (ends[:later] > start)).tolist():
            if np.shares_memory(arrays[later], arrays[earlier]):
                yield later, earlier
