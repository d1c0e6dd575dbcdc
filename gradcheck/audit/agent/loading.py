"""Modules of a submission, run from memory, statement by statement: one that fails does not take others with it."""

import ast
import builtins
import importlib.util
import sys
from types import ModuleType
from typing import Any

from gradcheck.audit.agent.definitions import DEFINITIONS, split_statements
from gradcheck.audit.agent.resolving import FileTree, Parts
from gradcheck.audit.agent.single_elements import TAKERS
from gradcheck.audit.agent.source_files import Chunk, read_source
from gradcheck.audit.agent.stand_ins import MissingModuleError, StandInModule, build_stand_in
from gradcheck.audit.agent.statements import PREFIX, compile_statement, describe, list_defined, name_chunk
from gradcheck.audit.agent.trees import clip_text


class Loader:
    """The modules of one submission.  failures: why statements failed, by path and the names that they define;
    missing: modules that are not here."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.sources = {path: read_source(path, data) for path, data in files.items()}
        self.tree = FileTree(self.sources)
        self.modules: dict[str, ModuleType] = {}
        self.folders: dict[Parts, ModuleType] = {}
        self.waiting: dict[str, dict[str, tuple[ast.stmt, Chunk]]] = {}
        self.failures: dict[str, dict[str, str]] = {}
        self.missing: set[str] = set()
        self.is_strict = False

    def close(self) -> None:
        """Remove what was loaded from `sys.modules`."""
        for name in [name for name in sys.modules if name.partition(".")[0] == PREFIX]:
            del sys.modules[name]

    def load(self, path: str) -> ModuleType:
        """Return the module of a file, or of a notebook; one that is being loaded as far as it is."""
        if path in self.modules:
            return self.modules[path]
        module = self.build_module(path)
        self.modules[path] = sys.modules[module.__name__] = module
        self.failures[path], self.waiting[path] = {}, {}
        was_strict, self.is_strict = self.is_strict, False
        try:
            for chunk in self.sources[path].chunks:
                self.run_chunk(path, chunk)
        finally:
            self.is_strict = was_strict
        return module

    def build_module(self, path: str) -> ModuleType:
        """Return the empty module of a file, whose imports are looked for in the submission first."""
        parts = tuple(path.split("/"))
        name = ".".join([PREFIX, *(part.replace(".", "_") for part in parts)])
        module = ModuleType(name)
        module.__file__, module.__package__ = path, name.rpartition(".")[0]
        if parts[-1] == "__init__.py":
            module.__path__ = []
        folder = parts[:-1]

        def import_from_here(
            name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
        ) -> ModuleType:
            imported = self.import_module(name, folder, tuple(fromlist or ()), level)
            if fromlist and "*" in fromlist and isinstance(imported, StandInModule):
                self.sources[path].missing_stars.append(name)
            return imported

        vars(module)["__builtins__"] = {**vars(builtins), **TAKERS, "__import__": import_from_here}
        return module

    def run_chunk(self, path: str, chunk: Chunk) -> None:
        """Run the definitions of a module or of a cell."""
        split = split_statements(chunk.statements)
        self.waiting[path].update({name: (statement, chunk) for name, statement in split.waiting.items()})
        for statement in split.kept:
            self.run_statement(path, statement, chunk)

    def run_statement(self, path: str, statement: ast.stmt, chunk: Chunk) -> None:
        """Run a statement.  In a `try` what is missing raises ImportError, and stands in for itself where the handlers
        have nothing better; a definition whose decorator is missing runs without."""
        was_strict, self.is_strict = self.is_strict, isinstance(statement, ast.Try)
        error = self.execute(path, statement, chunk)
        self.is_strict = was_strict
        if isinstance(error, MissingModuleError) and isinstance(statement, DEFINITIONS) and statement.decorator_list:
            statement.decorator_list = []
            error = self.execute(path, statement, chunk)
        if error is not None:
            words = clip_text(f"{type(error).__name__}: {describe(error)}")
            self.failures[path].update(dict.fromkeys(list_defined(statement), words))
        if isinstance(statement, ast.Try):
            bound = vars(self.modules[path])
            for node in statement.body:
                if isinstance(node, (ast.Import, ast.ImportFrom)) and not bound.keys() & set(list_defined(node)):
                    self.execute(path, node, chunk)

    def execute(self, path: str, statement: ast.stmt, chunk: Chunk) -> BaseException | None:
        """Run one statement in its module, and return what it raised."""
        try:
            exec(compile_statement(statement, name_chunk(path, chunk)), vars(self.modules[path]))
        except BaseException as error:  # SystemExit at the top of a file is one more way to fail
            return error
        return None

    def run_waiting(self, path: str, name: str) -> bool:
        """Run the assignment of a name that was left out when the file was loaded.  Returns whether there was one."""
        statement, chunk = self.waiting.get(path, {}).pop(name, (None, None))
        if statement is None or chunk is None:
            return False
        self.run_statement(path, statement, chunk)
        return name in vars(self.modules[path])

    def import_module(self, name: str, folder: Parts, wanted: tuple[str, ...], level: int) -> ModuleType:
        """Import for a file in a folder: from the submission, from the environment, or a stand-in."""
        names = tuple(name.split(".")) if name else ()
        root = None if level else self.tree.find_above(names, folder)
        if not level and root is None and is_installed(names[0]):
            return self.import_installed(name, wanted)
        if level:
            place = self.tree.find_relative(names, folder, level)
        else:
            root = self.tree.find_anywhere(names) if root is None else root
            place = None if root is None else (*root, *names)
            if place is None or not self.tree.holds(place):
                root, place = None, self.tree.find_renamed(names, folder)
        if place is None or not self.tree.holds(place):
            return self.import_stand_in(name, wanted)
        module = self.load_place(place)
        for attribute in wanted:
            if not hasattr(module, attribute) and self.tree.holds((*place, attribute)):
                setattr(module, attribute, self.load_place((*place, attribute)))
        if wanted or len(names) < 2:
            return module
        return self.load_place((*root, names[0])) if root is not None else nest_module(module, names)

    def load_place(self, place: Parts) -> ModuleType:
        """Return the module of a file or a folder, as an attribute of the folder that it is in."""
        path = self.tree.find_file(place)
        module = self.load(path) if path else self.folders.setdefault(place, ModuleType(".".join([PREFIX, *place])))
        if len(place) > 1:
            setattr(self.load_place(place[:-1]), place[-1], module)
        return module

    def import_installed(self, name: str, wanted: tuple[str, ...]) -> ModuleType:
        """Import a module of the environment; one that is there and cannot be loaded is as good as missing."""
        try:
            return __import__(name, {}, {}, wanted)
        except ImportError:
            return self.import_stand_in(name, wanted)

    def import_stand_in(self, name: str, wanted: tuple[str, ...]) -> ModuleType:
        """Return what stands in for a missing module.  ModuleNotFoundError: the code is prepared for that."""
        module = build_stand_in(name)
        if type(module) is not ModuleType:
            self.missing.add(name)
            if self.is_strict:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if wanted or "." not in name:
            return module
        return build_stand_in(name.partition(".")[0])


def nest_module(module: ModuleType, names: Parts) -> ModuleType:
    """Return a package in which a module has the name by which it is imported."""
    for name in reversed(names[1:]):
        package = ModuleType(name)
        setattr(package, name, module)
        module = package
    return module


def is_installed(name: str) -> bool:
    """Whether a module can be imported from the environment."""
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False
