"""Discovery: find the ops of a module, an attribute of it, a file or a folder."""

import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from gradcheck.adapters import adapt
from gradcheck.declaration.op import Op, locate_definition
from gradcheck.declaration.origin import NotChecked
from gradcheck.discovery.found_ops import FoundOp, ImportContext, TargetContents
from gradcheck.discovery.module_import import import_by_name, import_file
from gradcheck.discovery.module_loading import ModuleLoader
from gradcheck.discovery.module_ops import adapt_self_contained, list_module_contents, recognise_target
from gradcheck.discovery.target_errors import ImportFailure, TargetError, UncheckedWarning

NO_OPS = "no ops found"


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
        For a file that raises while it is imported beside others, and for code with a backward of which no op can be
        made beside others.

    Examples
    --------
    >>> from gradcheck import find
    >>> [op.name for op in find("gradcheck.ops.pointwise.trigonometric:sin")]
    ['sin']
    """
    made: list[Op] = []
    refused: list[TargetError] = []
    for part in expand_target(target).parts:
        try:
            contents = list_target_contents(part)
        except ImportFailure as error:
            refused.append(error)
            continue
        for found in contents.ops:
            try:
                with contents.make_context():
                    made.append(found.make())
            except TargetError as error:
                refused.append(TargetError(f"{part}: {found.name} is not checked: {error}"))
    if not made and not refused:
        raise TargetError(explain_nothing_found(target))
    if not made:
        raise refused[0]
    for refusal in refused:
        warnings.warn(str(refusal), UncheckedWarning, stacklevel=2)
    return made


@dataclass(frozen=True)
class Expansion:
    """The targets that are imported one by one for a target, and what is in a folder that is not."""

    parts: tuple[str, ...]
    not_checked: tuple[NotChecked, ...] = ()


def expand_target(target: str) -> Expansion:
    """Expand a folder into its files; any other target stands for itself.  Imports nothing.

    Raises TargetError for a file that does not exist and for a folder without Python files.
    """
    path = Path(target)
    if not path.is_dir():
        return Expansion((target,))
    files = sorted(p for p in path.glob("*.py") if not p.name.startswith("_"))
    unread = tuple(list_unread_files(path))
    if not files:
        others = f" (not read: {'; '.join(map(str, unread))})" if unread else ""
        raise TargetError(f"{path}: no ops in the 0 Python files of this folder{others}; {explain_expected_code()}")
    return Expansion(tuple(file.as_posix() for file in files), unread)


def list_unread_files(folder: Path) -> Iterator[NotChecked]:
    """List the notebooks of a folder, and its subfolders with Python files, which are not read."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".ipynb":
            yield NotChecked(path.name, "a notebook; save it as a .py file")
        elif path.is_dir() and not path.name.startswith((".", "_")) and next(path.glob("*.py"), None):
            yield NotChecked(f"{path.name}/", f"a folder of its own; name it: {path.as_posix()}")


def list_target_contents(target: str) -> TargetContents:
    """Import a file, a module, or what an attribute of one names, and list its ops; a folder is none.

    Raises ImportFailure where it raises while it is imported, and TargetError where it does not exist.
    """
    path = Path(target)
    is_file = path.suffix == ".py" or path.is_file()
    name, _, attribute = (target, "", "") if is_file else target.partition(":")
    make_context: ImportContext = nullcontext
    if is_file or name.endswith(".py"):
        home = ModuleLoader.of(Path(name))
        module, make_context = import_file(Path(name), home), home.open
    else:
        module = import_by_name(name)
    with make_context():
        contents = list_attribute(module, attribute, target) if attribute else list_module_contents(module)
    return TargetContents(contents.ops, contents.not_checked, make_context)


def list_attribute(module: ModuleType, attribute: str, target: str) -> TargetContents:
    """List the op, or the pair, that module:attribute names.  Raises TargetError where there is none."""
    thing = getattr(module, attribute, None)
    if isinstance(thing, Op):
        return TargetContents((FoundOp(thing.name, lambda: adapt(thing), thing.family, thing.location),))
    for found in list_module_contents(module).ops:
        if found.name == attribute:
            return TargetContents((found,))
    if recognise_target(thing):
        location = locate_definition(getattr(thing, "backward", thing)) if callable(thing) else ("", 0)
        make = lambda: adapt_self_contained(attribute, thing)  # noqa: E731
        return TargetContents((FoundOp(attribute, make, module.__name__, location),))
    raise TargetError(f"{target}: {module.__name__} has no op {attribute!r}; {explain_expected_code()}")


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
    """Return the op called `name`, and the context in which it finds the files beside its own."""
    if not target:
        from gradcheck.discovery.library import load_library_ops

        ops = {op.name: op for op in load_library_ops()}
        if name not in ops:
            raise TargetError(f"the library has no op {name!r}; it has {', '.join(sorted(ops))}")
        return ops[name], nullcontext
    others: list[str] = []
    for part in expand_target(target).parts:
        contents = list_target_contents(part)
        for found in contents.ops:
            if found.name == name:
                with contents.make_context():
                    return found.make(), contents.make_context
        others += [found.name for found in contents.ops]
    raise TargetError(f"{target} has no op {name!r}; it has {', '.join(sorted(others)) or 'none'}")


def explain_expected_code() -> str:
    """Say what a file must hold to be checked."""
    return "write an Op(…), or a pair NAME_forward and NAME_backward (or forward and backward), or a class with both"


def explain_nothing_found(target: str) -> str:
    """Say that a target has no ops, and what it must hold."""
    path = Path(target)
    if path.is_dir():
        count = len(expand_target(target).parts)
        return f"{path}: no ops in the {count} Python files of this folder; {explain_expected_code()}"
    return f"{target}: {NO_OPS}; {explain_expected_code()}"
