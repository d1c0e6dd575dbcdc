"""Programs that are kept for when they are asked for again, a bounded number of them."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class BoundedCache(Generic[V]):
    """Values by key, at most `size` of them: beyond, the one that was made first is forgotten.  Threads may share
    it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.values: dict[Hashable, V] = {}
        self.lock = Lock()

    def __len__(self) -> int:
        """How many there are."""
        return len(self.values)

    def find(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key, made where there is none.  Raises what make raises, and keeps nothing then."""
        with self.lock:
            if key in self.values:
                return self.values[key]
        made = make()
        with self.lock:
            self.values[key] = made
            while len(self.values) > self.size:
                del self.values[next(iter(self.values))]
        return made
