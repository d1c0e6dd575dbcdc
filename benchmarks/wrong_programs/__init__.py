"""Programs with labelled mistakes: each module but `program` holds the mistakes of some causes, as its WRONGS."""

import importlib
import pkgutil

from wrong_programs.program import Wrong

MODULES = tuple(module.name for module in pkgutil.iter_modules(__path__) if module.name != "program")
"""The modules that hold mistakes."""
WRONGS: tuple[Wrong, ...] = tuple(
    wrong for name in MODULES for wrong in importlib.import_module(f"wrong_programs.{name}").WRONGS
)
"""All mistakes."""
