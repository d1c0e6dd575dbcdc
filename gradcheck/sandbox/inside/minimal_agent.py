"""An agent that loads files and calls functions in them: the least that is of use, and the one that comes by itself.

load: {"files": {path: bytes}, "stubs": {path: bytes}, "modules": names} imports the modules, which find each other, and
returns their public functions by module.  Stubs stand for modules that a submission imports and that are not there.
call: {"module", "function", "arguments", "keywords", "hold"} returns what the function returns; where `hold` is true,
parts of it that do not cross are kept here, and returned as `Held`, which later arguments may be.
forget: the number of a held object lets it go.
"""

import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Sequence
from types import FunctionType, ModuleType
from typing import Any

from gradcheck.sandbox.inside.serving import SUBMISSION
from gradcheck.sandbox.inside.value_encoding import encode_value
from gradcheck.sandbox.inside.values import Held, UnsendableValue

LARGEST_RESULT = 64 << 20
STUBS = "stubs/"
HELD_OBJECTS: dict[int, Any] = {}


class SentFiles(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):  # type: ignore[misc]
    """Finds and loads modules among files that were sent."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """A module of the submission, or a stub."""
        name = self.find_file(fullname)
        return importlib.util.spec_from_file_location(fullname, name, loader=self) if name else None

    def find_file(self, fullname: str) -> str | None:
        """The file of a module; a stub where the submission has none."""
        tail = fullname.replace(".", "/")
        names = [f"{folder}{tail}{end}" for folder in (SUBMISSION, STUBS) for end in ("/__init__.py", ".py")]
        return next((name for name in names if name in self.files), None)

    def get_filename(self, fullname: str) -> str:
        """The name that a module has in messages."""
        return self.find_file(fullname) or fullname

    def get_data(self, path: str | bytes) -> bytes:
        """The bytes of a file."""
        try:
            return self.files[str(path)]
        except KeyError:
            raise FileNotFoundError(path) from None


SENT = SentFiles()
sys.meta_path.insert(0, SENT)


def load_files(argument: dict[str, Any]) -> dict[str, Any]:
    """Import modules of files."""
    SENT.files.update({SUBMISSION + path: data for path, data in argument["files"].items()})
    SENT.files.update({STUBS + path: data for path, data in argument.get("stubs", {}).items()})
    for name in filter(SENT.find_file, argument["modules"]):
        if getattr(sys.modules.get(name), "__loader__", None) is not SENT:
            sys.modules.pop(name, None)  # a file may be called as a module of the standard library is
    return {name: list_public_functions(importlib.import_module(name)) for name in argument["modules"]}


def list_public_functions(module: ModuleType) -> list[str]:
    """The public functions that a module defines."""
    functions = {name: value for name, value in vars(module).items() if isinstance(value, FunctionType)}
    own = [name for name, value in functions.items() if value.__module__ == module.__name__]
    return sorted(name for name in own if not name.startswith("_"))


def call(argument: dict[str, Any]) -> Any:
    """Call a function of a module that was loaded."""
    function = getattr(sys.modules[argument["module"]], argument["function"])
    given = [take_held(value) for value in argument.get("arguments", [])]
    named = {name: take_held(value) for name, value in argument.get("keywords", {}).items()}
    result = function(*given, **named)
    return hold_unsendable(result) if argument.get("hold") else result


def take_held(value: Any) -> Any:
    """The object that an argument stands for."""
    return HELD_OBJECTS[value.number] if isinstance(value, Held) else value


def hold_unsendable(value: Any) -> Any:
    """A value, with what cannot be sent replaced by its number, part by part of a tuple."""
    if type(value) is tuple:
        return tuple(hold_unsendable(part) for part in value)
    try:
        encode_value(value, LARGEST_RESULT)
    except UnsendableValue:
        number = len(HELD_OBJECTS)
        HELD_OBJECTS[number] = value
        return Held(number)
    return value


def forget(number: int) -> None:
    """Let a held object go."""
    HELD_OBJECTS[number] = None


HANDLERS = {"load": load_files, "call": call, "forget": forget}
