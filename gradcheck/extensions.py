"""Extensions: objects that other packages add.  This is the only module that reads entry points.

A package names its objects in its pyproject.toml, each by the object's own name:

    [project.entry-points."gradcheck.laws"]
    monotonicity = "gradcheck_monotonicity:LAW"

The names are known without loading anything; an extension is loaded when it is asked for.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, wraps
from importlib.metadata import EntryPoint, entry_points
from inspect import isfunction
from types import SimpleNamespace
from typing import Any, Generic, Protocol, TypeVar

Extension = TypeVar("Extension")

EXTENSION_NAME = re.compile(r"\w[\w .-]*")
"""Names stand in lists, node ids and keys of saved runs, which commas and colons divide."""


class ExtensionError(ValueError):
    """An extension that cannot be used; the message names its distribution and what is wrong with it."""


@dataclass(frozen=True, eq=False)
class ExtensionPoint(Generic[Extension]):
    """One kind of object that other packages may add, by the entry points of one group.

    noun: what such an object is called.  interface: the Protocol whose members it has, or the dataclass that it is.
    own_names: the names that are taken by gradcheck.  prepare: what is made of an extension before it is used.
    results: the types of what its functions return, by their names.  passing: the exceptions that its functions may
    raise; any other becomes an ExtensionError.
    """

    group: str
    noun: str
    interface: type[Any]
    own_names: Collection[str]
    prepare: Callable[[Extension], Extension] = lambda extension: extension
    results: Mapping[str, tuple[type, ...]] = field(default_factory=dict)
    passing: tuple[type[Exception], ...] = ()

    @cached_property
    def entries(self) -> tuple[EntryPoint, ...]:
        """The entry points of the group by name and distribution, none of them loaded."""
        return tuple(sorted(entry_points(group=self.group), key=lambda entry: (entry.name, name_distribution(entry))))

    def list_names(self) -> tuple[str, ...]:
        """The names that other packages add, without loading anything."""
        return tuple(dict.fromkeys(entry.name for entry in self.entries if entry.name not in self.own_names))

    def load_all(self) -> list[Extension]:
        """All extensions, by name.  Raises ExtensionError where one of them cannot be used."""
        found = map(self.find, dict.fromkeys(entry.name for entry in self.entries))
        return [extension for extension in found if extension is not None]

    def find(self, name: str) -> Extension | None:
        """The extension of this name, None where no other package adds one.

        Raises ExtensionError where it cannot be used, or where the name is taken by gradcheck or a third package.
        """
        found = [entry for entry in self.entries if entry.name == name]
        owners = ["gradcheck"] * (name in self.own_names) + [name_distribution(entry) for entry in found]
        if len(owners) > 1:
            raise ExtensionError(
                f"{owners[1]} adds the {self.noun} {name!r}, as {owners[0]} does; rename its entry point, or uninstall "
                "that package"
            )
        return self.load(found[0]) if found else None

    def load(self, entry: EntryPoint) -> Extension:
        """The extension that an entry point refers to.  Raises ExtensionError where it cannot be used."""
        try:
            found = entry.load()
        except (Exception, SystemExit) as error:
            raise self.make_error(entry, f"{entry.value} raises {describe_exception(error)}") from error
        if problem := describe_problem(self.interface, found, entry.name):
            raise self.make_error(entry, f"{entry.value} {problem}")
        return self.wrap_functions(entry, self.prepare(found))

    def wrap_functions(self, entry: EntryPoint, found: Extension) -> Extension:
        """The extension, with functions whose errors name it."""
        members = {name: getattr(found, name) for name in list_members(self.interface)}
        make: Callable[..., Any] = SimpleNamespace if is_protocol(self.interface) else self.interface
        return make(
            **{name: self.wrap(entry, name, value) if callable(value) else value for name, value in members.items()}
        )

    def wrap(self, entry: EntryPoint, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, raising ExtensionError for what it may not raise or return."""
        types = self.results.get(name, (object,))
        passing: tuple[type[Exception], ...] = (ExtensionError, *self.passing)

        @wraps(function)
        def call(*args: Any, **keywords: Any) -> Any:
            try:
                result = function(*args, **keywords)
            except passing:
                raise
            except (Exception, SystemExit) as error:
                raise self.make_error(entry, f"{entry.value}.{name} raises {describe_exception(error)}") from error
            if not isinstance(result, types):
                wanted = " or ".join(kind.__name__ for kind in types)
                raise self.make_error(entry, f"{entry.value}.{name} returns {type(result).__name__}, not {wanted}")
            return result

        return call

    def make_error(self, entry: EntryPoint, problem: str) -> ExtensionError:
        """The error that names an extension and its distribution."""
        return ExtensionError(
            f"the {self.noun} {entry.name!r} of {name_distribution(entry)} cannot be used: {problem}; update that "
            "package, or uninstall it"
        )


def name_distribution(entry: EntryPoint) -> str:
    """The name and version of the distribution that an entry point is from."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unnamed distribution"


def describe_exception(error: BaseException) -> str:
    """The type and message of an exception."""
    return f"{type(error).__name__}: {error}"


def describe_problem(interface: type[Any], found: Any, name: str) -> str:
    """Why an object is no extension of this interface and name; "" where it is one."""
    asked_by = f"{interface.__module__}.{interface.__name__}"
    if isinstance(found, type):
        return f"is a class; write {found.__name__}(…)"
    if not is_protocol(interface) and not isinstance(found, interface):
        return f"is of type {type(found).__name__}, not {asked_by}"
    if missing := [member for member in list_members(interface) if not hasattr(found, member)]:
        return f"has no {', '.join(missing)}, which {asked_by} asks for"
    if wrong := [member for member in list_functions(interface) if not callable(getattr(found, member))]:
        return f"has {', '.join(wrong)}, which cannot be called, and {asked_by} asks for a function"
    if found.name != name:
        return f"is named {found.name!r}; give it and its entry point one name"
    return "" if EXTENSION_NAME.fullmatch(name) else "has a name of other characters than letters, digits and _ . -"


def is_protocol(interface: type[Any]) -> bool:
    """Whether an interface is a Protocol."""
    return Protocol in interface.__bases__


def list_members(interface: type[Any]) -> tuple[str, ...]:
    """The names of what an object of this interface has."""
    if is_protocol(interface):
        return tuple(name for name in vars(interface) if not name.startswith("_"))
    return tuple(member.name for member in fields(interface))


def list_functions(interface: type[Any]) -> tuple[str, ...]:
    """The members of a Protocol that are functions."""
    return tuple(name for name in list_members(interface) if isfunction(vars(interface).get(name)))
