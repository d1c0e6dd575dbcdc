"""The ops of one module: those declared, and those made of pairs, classes and rules that are written there."""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

from gradcheck.adapters import AdapterError, adapt, read_signature, recognise_convention
from gradcheck.adapters.inference import CrashedTrialError, NoShapes, returns_gradients
from gradcheck.declaration.op import Op, locate_definition
from gradcheck.declaration.origin import NotChecked
from gradcheck.declaration.shape import DeclarationError
from gradcheck.discovery.code_references import collect_parts, collect_used_names
from gradcheck.discovery.found_ops import FoundOp, TargetContents, count_axes
from gradcheck.discovery.target_errors import TargetError
from gradcheck.extensions import ExtensionError

PAIR_PATTERN = re.compile(r"(?:(?P<name>\w+)_)?(?P<part>forward|backward)")
VARIANT_PATTERN = re.compile(r"(?P<name>\w+)_(?P<part>forward|backward)_(?P<variant>\w+)")
"""The names of a pair, and of one that is a variant, as conv_forward_naive."""
OTHER_PART = {"forward": "backward", "backward": "forward"}


def list_module_contents(module: ModuleType) -> TargetContents:
    """List the ops of a module, none made yet, and its own functions and classes that are none and that none uses."""
    declared = list_declared_ops(module)
    parts = collect_parts(op for op in vars(module).values() if isinstance(op, Op))
    pairs = find_pairs(module, parts)
    alone = find_self_contained(module, parts)
    found = [*declared, *map(partial(describe_pair, module), pairs.items()), *map(describe_self_contained, alone)]
    references = [find_pair_reference(module, name, pair) for name, pair in pairs.items()]
    used = [*references, *(f for pair in pairs.values() for f in pair.values()), *dict(alone).values()]
    roots = [*parts, *collect_parts(used)]
    return TargetContents(tuple(give_distinct_names(found)), tuple(list_other_code(module, roots)))


def list_declared_ops(module: ModuleType) -> list[FoundOp]:
    """List the ops that a module declares, under the names of their variables where they share their own."""
    ops = {id(op): (variable, op) for variable, op in reversed(vars(module).items()) if isinstance(op, Op)}
    count = Counter(op.name for _, op in ops.values())
    named = [op if count[op.name] == 1 else replace(op, name=variable) for variable, op in reversed(ops.values())]
    return [FoundOp(op.name, partial(adapt, op), op.family, op.location, count_axes(op)) for op in named]


def find_pairs(module: ModuleType, parts: list[Any]) -> dict[str, dict[str, Callable[..., Any]]]:
    """Find each forward and backward by the name that they share, "" for none; those of a declared op are left out.
    The forward of NAME_backward may be called NAME."""
    own = {n: f for n, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == module.__name__}
    pairs: dict[str, dict[str, Callable[..., Any]]] = {}
    for name, function in own.items():
        if match := PAIR_PATTERN.fullmatch(name):
            pairs.setdefault(match["name"] or "", {})[match["part"]] = function
    for name, pair in pairs.items():
        if name in own and "forward" not in pair:
            pairs[name] = {"forward": own[name], **pair}
    pairs = {**find_variants(own), **pairs}
    return {name: pair for name, pair in pairs.items() if not any(f in parts for f in pair.values())}


def find_variants(functions: Mapping[str, Callable[..., Any]]) -> dict[str, dict[str, Callable[..., Any]]]:
    """Find each NAME_backward_VARIANT by NAME_VARIANT, with NAME_forward_VARIANT, or NAME_forward where there is none;
    other such functions are no pairs."""
    found: dict[str, dict[str, Callable[..., Any]]] = {}
    for backward, function in functions.items():
        match = VARIANT_PATTERN.fullmatch(backward)
        if not match or match["part"] != "backward":
            continue
        forward = f"{match['name']}_forward"
        if chosen := functions.get(f"{forward}_{match['variant']}") or functions.get(forward):
            found[f"{match['name']}_{match['variant']}"] = {"forward": chosen, "backward": function}
    return found


def describe_pair(module: ModuleType, named: tuple[str, dict[str, Callable[..., Any]]]) -> FoundOp:
    """Describe the op of a forward with its backward, with a reference of the same name where there is one."""
    name, pair = named
    prefix = f"{name}_" if name else ""
    part, function = list(pair.items())[-1]
    title = name or module.__name__.rpartition(".")[2]
    if len(pair) == 1:
        missing = f"{prefix}{OTHER_PART[part]}"
        make = partial(refuse, f"{prefix}{part} has no {missing} beside it; write one, or rename it")
    else:
        reference = find_pair_reference(module, name, pair)
        make = partial(adapt_target, title, pair["forward"], pair["backward"], reference=reference)
    return FoundOp(title, make, module.__name__, locate_definition(pair.get("backward", function)))


def find_pair_reference(module: ModuleType, name: str, pair: Mapping[str, Callable[..., Any]]) -> Any:
    """Find the reference of a pair: that of its own name, or that of its forward; None where there is none."""
    forward = getattr(pair.get("forward"), "__name__", "")
    of_forward = getattr(module, forward.replace("forward", "reference"), None) if "forward" in forward else None
    return getattr(module, f"{name}_reference" if name else "reference", None) or of_forward


def refuse(reason: str) -> Op:
    """Raise TargetError with this reason."""
    raise TargetError(reason)


def find_self_contained(module: ModuleType, parts: list[Any]) -> list[tuple[str, Any]]:
    """Find each class or function of the module that holds its own backward, by its name."""
    return [
        (name, thing)
        for name, thing in list_own_code(module)
        if not any(thing is part for part in parts) and recognise_target(thing) and not is_base_class(thing)
    ]


def describe_self_contained(named: tuple[str, Any]) -> FoundOp:
    """Describe the op of a class or function that holds its own backward."""
    name, thing = named
    location = locate_definition(getattr(thing, "backward", thing))
    return FoundOp(name, partial(adapt_self_contained, name, thing), thing.__module__, location)


def adapt_self_contained(name: str, thing: Any) -> Op:
    """An op of a class or function that holds its own backward.  Arguments of a constructor of which nothing is known
    are arrays only where the class has a gradient for each.  Raises TargetError where no op can be made."""
    asked = list_undeclared_parameters(thing)
    advice = f"declare it, as in {name.lower()} = gradcheck.adapt({name}, …)"
    try:
        op = adapt(thing, name=name)
    except (AdapterError, CrashedTrialError, DeclarationError, ExtensionError, NoShapes) as error:
        raise TargetError(f"its constructor takes {', '.join(asked)}; {advice}" if asked else str(error)) from error
    if asked and not (all(op.array(n).differentiable for n in asked) and returns_gradients(op)):
        raise TargetError(f"its constructor takes {', '.join(asked)}; {advice}")
    return op


def list_undeclared_parameters(thing: Any) -> list[str]:
    """The parameters of a class's constructor of which nothing is known."""
    own: Any = getattr(thing, "__init__", None)
    if not isinstance(thing, type) or recognise_target(thing) != "layer" or own is object.__init__:
        return []
    return [name for name, known in read_signature(thing.__name__, own, leave=1).items() if known is None]


def list_own_code(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """List the public functions, classes and other callables that are written in a module, tests left out."""
    for name, thing in vars(module).items():
        own = getattr(thing, "__module__", None) == module.__name__ and callable(thing) and not isinstance(thing, Op)
        if own and not name.startswith("_") and not name.lower().startswith("test"):
            yield name, thing


def list_other_code(module: ModuleType, roots: list[Any]) -> Iterator[NotChecked]:
    """List the functions and classes of a module that are no ops, and that no op uses."""
    used = collect_used_names(module, roots)
    for name, thing in list_own_code(module):
        if name in used or is_base_class(thing) or (inspect.isclass(thing) and issubclass(thing, BaseException)):
            continue
        yield NotChecked(name, explain_no_op(name, thing))


def explain_no_op(name: str, thing: Any) -> str:
    """Explain why a function or a class is no op."""
    if inspect.isclass(thing):
        return "no forward and backward in it"
    loss = f'; if it returns (loss, gradients), write op = gradcheck.adapt({name}, adapter="loss")'
    return f"no {name}_backward beside it" + loss * ("loss" in name)


def is_base_class(thing: Any) -> bool:
    """Whether a class is there for others to inherit from: abstract, or with a forward that is not implemented."""
    code = getattr(getattr(thing, "forward", None), "__code__", None)
    return inspect.isabstract(thing) or "NotImplementedError" in getattr(code, "co_names", ())


def give_distinct_names(found: list[FoundOp]) -> Iterator[FoundOp]:
    """Number the ops of one name, from the second."""
    seen = Counter[str]()
    for one in found:
        seen[one.name] += 1
        yield one if seen[one.name] == 1 else rename_found_op(one, f"{one.name} ({seen[one.name]})")


def rename_found_op(found: FoundOp, name: str) -> FoundOp:
    """Return a found op under another name."""
    return replace(found, name=name, make=lambda: replace(found.make(), name=name))


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
    except (AdapterError, CrashedTrialError, DeclarationError, ExtensionError, NoShapes) as error:
        raise TargetError(str(error)) from error
