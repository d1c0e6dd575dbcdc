"""The ops of one module: those declared, and those made of pairs, classes and rules that are written there."""

import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from gradcheck.adapters import AdapterError, adapt, recognise_convention
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.parameters import read_signature
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.discovery.target_errors import TargetError, UncheckedWarning
from gradcheck.extensions import ExtensionError

PAIR_PATTERN = re.compile(r"(?:(?P<name>\w+)_)?(?P<part>forward|backward)")


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
