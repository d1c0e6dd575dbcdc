"""The library: every op that a module below this one declares."""

import importlib
import pkgutil
from functools import cache

from gradcheck.op import Op


@cache
def library() -> tuple[Op, ...]:
    """All ops of the library, by family and name."""
    names = sorted(module.name for module in pkgutil.walk_packages(__path__, f"{__name__}."))
    modules = [importlib.import_module(name) for name in names]
    found = {op.name: op for module in modules for op in vars(module).values() if isinstance(op, Op)}
    return tuple(sorted(found.values(), key=lambda op: (op.family, op.name)))
