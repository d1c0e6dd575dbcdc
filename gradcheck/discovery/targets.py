"""Discovery: find ops in a module, a file or a folder, and pair plain forwards and backwards found there."""

import importlib
import importlib.util
import inspect
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from gradcheck.adapters import AdapterError, adapt, recognise_convention
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.parameters import read_signature
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.discovery.module_loading import ModuleLoader, import_location
from gradcheck.extensions import ExtensionError

ImportContext = Callable[[], AbstractContextManager[None]]

PAIR_PATTERN = re.compile(r"(?:(?P<name>\w+)_)?(?P<part>forward|backward)")


class TargetError(Exception):
    """A target that cannot be used; the message says which, why, and what to do.

    Examples
    --------
    >>> from gradcheck import find
    >>> find("nowhere.py")
    Traceback (most recent call last):
        ...
    gradcheck.discovery.targets.TargetError: nowhere.py: no such file
    """


class UncheckedWarning(UserWarning):
    """Something with a backward that was found, and cannot be checked as it is."""


def find(target: str) -> list[Op]:
    """Find the ops of a target.

    Parameters
    ----------
    target : str
        A module, ``module:attribute``, a file or a folder, as on the command line.

    Returns
    -------
    list of Op
        Those that are declared there, and those made of pairs, classes and rules; at least one.

    Raises
    ------
    TargetError
        If the target does not exist, raises while it is imported, or has no ops.
    DeclarationError
        If an op of it is broken.

    Warns
    -----
    UncheckedWarning
        For a class with a backward that cannot be called without knowing more.

    Examples
    --------
    >>> from gradcheck import find
    >>> [op.name for op in find("gradcheck.ops.pointwise.trigonometric:sin")]
    ['sin']
    """
    return find_ops_with_context(target)[0]


def find_ops_with_context(target: str) -> tuple[list[Op], ImportContext]:
    """The ops of a target, and the context in which they find the files beside theirs."""
    path = Path(target)
    if path.is_dir():
        return find_ops_in_folder(path)
    is_file = path.suffix == ".py" or path.is_file()
    name, _, attribute = (target, "", "") if is_file else target.partition(":")
    opened: ImportContext = nullcontext
    if is_file or name.endswith(".py"):
        home = ModuleLoader.of(Path(name))
        module, opened = import_file(Path(name), home), home.open
    else:
        module = import_by_name(name)
    with opened():
        ops = (
            ops_of_attribute(module, attribute, target)
            if attribute
            else require_ops(target, find_ops_in_module(module))
        )
    return ops, opened


def find_ops_in_folder(path: Path) -> tuple[list[Op], ImportContext]:
    """The ops of a folder's files, which share what they import from it."""
    files = sorted(p for p in path.glob("*.py") if not p.name.startswith("_"))
    home = ModuleLoader.of(path / "__init__.py")
    found: list[Op] = []
    for file in files:
        module = import_file(file, home)
        with home.open():
            found += find_ops_in_module(module)
    if not found:
        raise TargetError(f"{path}: no ops in the {len(files)} Python files of this folder; {explain_expected_code()}")
    return found, home.open


def load(target: str, name: str) -> Op:
    """Load one op by its name.

    Parameters
    ----------
    target : str
        Where it is, as for `find`; "" for the library.
    name : str
        The name of the op.

    Returns
    -------
    Op
        The op.

    Raises
    ------
    TargetError
        If the target cannot be used, or has no op of this name.

    Examples
    --------
    >>> from gradcheck import load
    >>> load("gradcheck.ops.pointwise.trigonometric", "sin").source != ""
    True
    """
    return load_op_with_context(target, name)[0]


def load_op_with_context(target: str, name: str) -> tuple[Op, ImportContext]:
    """The same, and the context in which it finds the files beside its own."""
    from gradcheck.discovery.library import load_library_ops  # noqa: PLC0415

    ops, opened = find_ops_with_context(target) if target else (list(load_library_ops()), nullcontext)
    for op in ops:
        if op.name == name:
            return op, opened
    raise TargetError(
        f"{target or 'the library'} has no op {name!r}; it has {', '.join(sorted(op.name for op in ops))}"
    )


def explain_expected_code() -> str:
    """What a file must hold to be checked."""
    return "write an Op(…), or a pair NAME_forward and NAME_backward (or forward and backward), or a class with both"


def require_ops(target: str, ops: list[Op]) -> list[Op]:
    """The ops, unless there are none."""
    if not ops:
        raise TargetError(f"{target}: no ops found; {explain_expected_code()}")
    return ops


def import_file(path: Path, home: ModuleLoader) -> ModuleType:
    """The module that a file is: of its package, or run as one of its own."""
    if not path.is_file():
        raise TargetError(f"{path}: no such file")
    spec = importlib.util.spec_from_file_location(import_location(path)[1], path)
    if spec is None or spec.loader is None:
        raise TargetError(f"{path}: not a Python file")
    try:
        return home.modules.get(spec.name) or load_module(spec, spec.loader, home)
    except (Exception, SystemExit) as error:
        said = locate_error(error, os.path.join(*path.absolute().parts[-2:]))
        raise TargetError(f"{path}: raises while it is imported: {said}") from error


def load_module(spec: ModuleSpec, loader: Loader, home: ModuleLoader) -> ModuleType:
    """The same, raising what the file raises."""
    if home.package:
        with home.enter_folder_first():
            return importlib.import_module(spec.name)
    module = importlib.util.module_from_spec(spec)
    with home.enter_folder_first(**{spec.name: module}):
        loader.exec_module(module)
    return module


def locate_error(error: BaseException, file: str) -> str:
    """The error and the line of this file at which it arose."""
    words = f"{type(error).__name__}: {error}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(file)]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    return f"{words} (line {line})" if line else words


def import_by_name(name: str) -> ModuleType:
    """Import a module by its name."""
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise TargetError(f"{name}: no such file, folder or module") from error
        raise TargetError(f"{name}: raises while it is imported: {locate_error(error, '.py')}") from error
    except (Exception, SystemExit) as error:
        raise TargetError(f"{name}: raises while it is imported: {locate_error(error, '.py')}") from error


def ops_of_attribute(module: ModuleType, attribute: str, target: str) -> list[Op]:
    """The op, or the pair, that module:attribute names."""
    found = getattr(module, attribute, None)
    if isinstance(found, Op):
        return [adapt(found)]
    if recognise_target(found):
        return [adapt_target(attribute, found)]
    ops = [op for op in find_ops_in_module(module) if op.name == attribute]
    if ops:
        return ops
    raise TargetError(f"{target}: {module.__name__} has no op {attribute!r}; {explain_expected_code()}")


def find_ops_in_module(module: ModuleType) -> list[Op]:
    """The ops declared in a module, and those made of what is written there: pairs, classes, rules of other libraries.
    A class that cannot be called without knowing more is an UncheckedWarning."""
    ops = {id(op): op for op in vars(module).values() if isinstance(op, Op)}
    declared = {f for op in ops.values() for f in (op.forward, op.backward)}
    return [*map(adapt, ops.values()), *find_paired_ops(module, declared), *find_self_contained_ops(module)]


def find_self_contained_ops(module: ModuleType) -> Iterator[Op]:
    """An op for each class or function of the module that holds its own backward."""
    for name, thing in vars(module).items():
        own = getattr(thing, "__module__", None) == module.__name__ and not name.startswith("_")
        if (
            not own
            or isinstance(thing, Op)
            or not callable(thing)
            or not recognise_target(thing)
            or is_base_class(thing)
        ):
            continue
        try:
            if asks := list_undeclared_parameters(thing):
                raise NoShapes(f"its constructor takes {', '.join(asks)}")
            yield adapt(thing, name=name)
        except (AdapterError, NoShapes) as error:
            advice = f"declare it, as in {name.lower()} = gradcheck.adapt({name}, …)"
            warnings.warn(
                f"{module.__file__}: {name} is not checked: {error}; {advice}", UncheckedWarning, stacklevel=2
            )


def is_base_class(thing: Any) -> bool:
    """Whether a class is there for others to inherit from: abstract, or with a forward that is not implemented."""
    code = getattr(getattr(thing, "forward", None), "__code__", None)
    return inspect.isabstract(thing) or "NotImplementedError" in getattr(code, "co_names", ())


def list_undeclared_parameters(thing: Any) -> list[str]:
    """The parameters of a class's constructor of which nothing is known."""
    own: Any = getattr(thing, "__init__", None)
    if not isinstance(thing, type) or recognise_target(thing) != "layer" or own is object.__init__:
        return []
    return [name for name, known in read_signature(thing.__name__, own, leave=1).items() if known is None]


def find_paired_ops(module: ModuleType, declared: set[Callable[..., Any]]) -> Iterator[Op]:
    """An op for each forward with its backward, with a reference of the same name where there is one."""
    parts: dict[str, dict[str, Callable[..., Any]]] = {}
    for name, function in vars(module).items():
        match = PAIR_PATTERN.fullmatch(name)
        if match and inspect.isfunction(function) and function.__module__ == module.__name__:
            parts.setdefault(match["name"] or "", {})[match["part"]] = function
    for name, pair in parts.items():
        if declared.intersection(pair.values()):
            continue
        prefix = f"{name}_" if name else ""
        if len(pair) == 1:
            (there,) = pair
            missing = "backward" if there == "forward" else "forward"
            raise TargetError(
                f"{module.__file__}: {prefix}{there} has no {prefix}{missing} beside it; write one, or rename it"
            )
        reference = getattr(module, f"{prefix}reference", None)
        yield adapt_target(
            name or module.__name__.rpartition(".")[2], pair["forward"], pair["backward"], reference=reference
        )


def recognise_target(thing: Any) -> str:
    """The name of the calling convention that a thing follows for certain, "" where looking does not tell.  Raises
    TargetError where a convention of another package cannot be asked."""
    try:
        found = recognise_convention(thing)
    except (AdapterError, ExtensionError) as error:
        raise TargetError(str(error)) from error
    return found.name if found else ""


def adapt_target(name: str, *thing: Any, **given: Any) -> Op:
    """An op of somebody's code.  Raises TargetError where none can be made."""
    try:
        return adapt(*thing, name=name, **given)
    except (AdapterError, DeclarationError, ExtensionError, NoShapes) as error:
        raise TargetError(str(error)) from error
