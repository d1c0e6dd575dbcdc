"""Loading of modules: a file finds its neighbours while it is loaded and while its ops run, and only then, since
another folder may contain modules of the same names."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from gradcheck.isolation import GLOBAL_STATE_LOCK


def import_location(path: Path) -> tuple[Path, str]:
    """Return the folder that a file is imported from, and its dotted name there: the folder is the first one upwards
    that is no package."""
    folder, names = path.parent.resolve(), [path.stem] * (path.stem != "__init__")
    while (folder / "__init__.py").is_file():
        folder, names = folder.parent, [folder.name, *names]
    return folder, ".".join(names)


def get_top_level_name(name: str) -> str:
    """Return the first part of a dotted name."""
    return name.partition(".")[0]


class ModuleLoader:
    """A folder, and the modules that were loaded from it.  package: the package in it that the file belongs to, which
    takes precedence over others of its name; "" where there is none."""

    def __init__(self, folder: Path, package: str = "") -> None:
        self.folder, self.package = folder, package
        self.modules: dict[str, ModuleType] = {}

    @classmethod
    def of(cls, file: Path) -> "ModuleLoader":
        """Return the loader for a file."""
        folder, name = import_location(file)
        return cls(folder, "" if folder == file.parent.resolve() else get_top_level_name(name))

    @contextmanager
    def enter_folder_first(self, **modules: ModuleType) -> Iterator[None]:
        """Let a file, under its name, import its neighbours: the folder comes first on sys.path, as in `python
        FILE`."""
        with self.enter_folder(0, modules):
            yield

    @contextmanager
    def open(self) -> Iterator[None]:
        """Let loaded modules import more: the folder comes last on sys.path, so that the imports of libraries take
        precedence."""
        with self.enter_folder(len(sys.path), {}):
            yield

    @contextmanager
    def enter_folder(self, at: int, modules: Mapping[str, ModuleType]) -> Iterator[None]:
        """Put the folder at this position of sys.path, replace modules by these, and restore those loaded from here
        whose names are free.  A module that is loaded from here meanwhile is removed from sys.modules and kept here,
        unless its package was loaded from here by other code before: then that one is used as it is."""
        with GLOBAL_STATE_LOCK:
            hidden = {
                name: sys.modules[name] for name in [*sys.modules] if name in modules or self.conflicts_with(name)
            }
            for name in hidden:
                del sys.modules[name]
            theirs = {get_top_level_name(name) for name in sys.modules}
            own = {**{n: m for n, m in self.modules.items() if n not in sys.modules}, **modules}
            sys.modules.update(own)
            sys.path.insert(at, str(self.folder))
            try:
                yield
            finally:
                remove_from_path(at, str(self.folder))
                loaded = [
                    n for n in [*sys.modules] if n in own or (get_top_level_name(n) not in theirs and self.holds(n))
                ]
                self.modules.update({name: sys.modules.pop(name) for name in loaded})
                sys.modules.update(hidden)

    def conflicts_with(self, name: str) -> bool:
        """Whether a module belongs to another package that has the name of this one."""
        return get_top_level_name(name) == self.package and (self.package in self.modules or not self.holds(name))

    def holds(self, name: str) -> bool:
        """Whether a module, or its package, lies directly in this folder; a virtual environment below does not
        count."""
        module = sys.modules.get(get_top_level_name(name))
        where = next(iter(getattr(module, "__path__", None) or [getattr(module, "__file__", None)]), None)
        return where is not None and Path(where).resolve().parent == self.folder


def remove_from_path(at: int, folder: str) -> None:
    """Remove the entry of a folder from sys.path that is nearest to this position: code under test may have moved
    it."""
    positions = [i for i, other in enumerate(sys.path) if other == folder]
    if positions:
        del sys.path[min(positions, key=lambda i: abs(i - at))]
