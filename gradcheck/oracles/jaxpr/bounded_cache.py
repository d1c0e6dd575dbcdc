"""A bounded cache of programs."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class BoundedCache(Generic[V]):
    """Values by key, at most `size` of them: beyond, the oldest is dropped.  Threads may share it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.values: dict[Hashable, V] = {}
        self.lock = Lock()

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self.values)

    def find(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of a key, made where there is none.  Raises whatever make raises; nothing is stored then."""
        with self.lock:
            if key in self.values:
                return self.values[key]
        made = make()
        with self.lock:
            self.values[key] = made
            while len(self.values) > self.size:
                del self.values[next(iter(self.values))]
        return made
