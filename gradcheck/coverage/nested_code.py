"""The code objects of a function, and of those that are written inside it."""

from collections.abc import Iterator
from types import CodeType


def walk_code(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of those inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from walk_code(constant)
