"""Home: the folder in which a file finds what it imports, while it is loaded and while its ops run, and not beyond:
another folder may hold modules of the same names."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from gradcheck.isolation import GLOBAL_STATE_LOCK


def import_location(path: Path) -> tuple[Path, str]:
    """The folder that a file is imported from, and its name there: where `__init__.py` stands beside it, the dotted one
    from the first folder upwards that is no package."""
    folder, names = path.parent.resolve(), [path.stem] * (path.stem != "__init__")
    while (folder / "__init__.py").is_file():
        folder, names = folder.parent, [folder.name, *names]
    return folder, ".".join(names)


def get_top_level_name(name: str) -> str:
    """The first part of a dotted name."""
    return name.partition(".")[0]


class ModuleLoader:
    """A folder, and the modules that were loaded from it.  package: the one in it that the files are of, which stands
    over others of its name; "" where they are of none."""

    def __init__(self, folder: Path, package: str = "") -> None:
        self.folder, self.package = folder, package
        self.modules: dict[str, ModuleType] = {}

    @classmethod
    def of(cls, file: Path) -> "ModuleLoader":
        """The home of a file."""
        folder, name = import_location(file)
        return cls(folder, "" if folder == file.parent.resolve() else get_top_level_name(name))

    @contextmanager
    def enter_folder_first(self, **modules: ModuleType) -> Iterator[None]:
        """Let a file, under its name, import its neighbours: they go before all others, as for `python FILE`."""
        with self.enter_folder(0, modules):
            yield

    @contextmanager
    def open(self) -> Iterator[None]:
        """Let what was loaded import more.  So may libraries meanwhile, and what they look for goes before."""
        with self.enter_folder(len(sys.path), {}):
            yield

    @contextmanager
    def enter_folder(self, at: int, modules: Mapping[str, ModuleType]) -> Iterator[None]:
        """The folder at this place of the path, these modules over others, and what was loaded from here where nothing
        else has its name.  What is loaded from here meanwhile is taken home afterwards, unless it is of a package that
        somebody else has loaded from here: then that is used as it is."""
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
        """Whether a module is of another package that has the name of this one."""
        return get_top_level_name(name) == self.package and (self.package in self.modules or not self.holds(name))

    def holds(self, name: str) -> bool:
        """Whether a module, or the package that it is of, stands in this folder itself: a virtual environment below is
        another place."""
        found = sys.modules.get(get_top_level_name(name))
        where = next(iter(getattr(found, "__path__", None) or [getattr(found, "__file__", None)]), None)
        return where is not None and Path(where).resolve().parent == self.folder


def remove_from_path(at: int, folder: str) -> None:
    """Take a folder off the path, that which was put nearest to this place: code under test may have moved it."""
    places = [i for i, other in enumerate(sys.path) if other == folder]
    if places:
        del sys.path[min(places, key=lambda i: abs(i - at))]
