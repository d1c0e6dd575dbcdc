"""Discovery: find the ops of a module, an attribute of it, a file or a folder."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType

from gradcheck.adapters import adapt
from gradcheck.declaration.op import Op
from gradcheck.discovery.module_import import import_by_name, import_file
from gradcheck.discovery.module_loading import ModuleLoader
from gradcheck.discovery.module_ops import adapt_target, find_ops_in_module, recognise_target
from gradcheck.discovery.target_errors import TargetError

ImportContext = Callable[[], AbstractContextManager[None]]


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
    """Return the op called `name`, and the context in which it finds the files beside its own."""
    from gradcheck.discovery.library import load_library_ops

    ops, opened = find_ops_with_context(target) if target else (list(load_library_ops()), nullcontext)
    for op in ops:
        if op.name == name:
            return op, opened
    raise TargetError(
        f"{target or 'the library'} has no op {name!r}; it has {', '.join(sorted(op.name for op in ops))}"
    )


def explain_expected_code() -> str:
    """Say what a file must hold to be checked."""
    return "write an Op(…), or a pair NAME_forward and NAME_backward (or forward and backward), or a class with both"


def require_ops(target: str, ops: list[Op]) -> list[Op]:
    """The ops, unless there are none."""
    if not ops:
        raise TargetError(f"{target}: no ops found; {explain_expected_code()}")
    return ops


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
