"""An assignment made of a solution alone: what an instructor's file holds is what is asked for."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from gradcheck.audit.assignment import AskedFunction, Assignment, AssignmentError, Variant
from gradcheck.audit.model_ops import load_model
from gradcheck.discovery.module_ops import (
    find_pair_reference,
    find_pairs,
    find_self_contained,
    list_own_code,
    recognise_target,
)
from gradcheck.discovery.target_errors import TargetError

DRAWING_NAMES = frozenset({"default_rng", "rand", "randn", "random"})
"""Names of what draws at random, as the code of a forward calls it."""


def assignment_of_solution(path: Path) -> Assignment:
    """Return the assignment in which each pair, class and loss of a solution is a row.

    A pair with one part alone is none, as in `gradcheck check`; a function with "loss" in its name is taken for one
    that returns (loss, gradients).  Raises AssignmentError where the file raises while it is imported, or holds none.
    """
    try:
        module = load_model(path)
        found = {**find_pair_rows(module), **find_class_rows(module), **find_loss_rows(module)}
    except TargetError as error:
        raise AssignmentError(str(error)) from error
    if not found:
        raise AssignmentError(
            f"{path}: it holds no pair NAME_forward and NAME_backward, no class with both, and no loss; write one, or "
            "name the functions in a TOML file"
        )
    in_order = sorted(found.items(), key=lambda row: list(vars(module)).index(row[1].forward))
    rows = tuple(make_row(module, name, variant) for name, variant in in_order)
    return Assignment(path.stem, path.stem, path, rows)


def make_row(module: ModuleType, name: str, variant: Variant) -> AskedFunction:
    """Return the row of a function of a solution, with the usual points."""
    return AskedFunction(name, variant, random=does_draw(getattr(module, variant.forward)))


def does_draw(function: Any) -> bool:
    """Whether the code of a function, or of the forward of a class, names what draws at random."""
    code = getattr(getattr(function, "forward", function), "__code__", None)
    return not DRAWING_NAMES.isdisjoint(getattr(code, "co_names", ()))


def find_pair_rows(module: ModuleType) -> dict[str, Variant]:
    """Find the pairs of a module, by the names of their rows."""
    rows = {}
    for name, pair in find_pairs(module, []).items():
        if len(pair) == 2:
            reference = find_name(module, find_pair_reference(module, name, pair))
            forward, backward = (find_name(module, pair[part]) for part in ("forward", "backward"))
            rows[name or module.__name__.rpartition(".")[2]] = Variant(
                forward, backward, model_forward=forward, model_backward=backward, reference=reference
            )
    return rows


def find_name(module: ModuleType, thing: Any) -> str:
    """Find the name by which a module has something, "" for None."""
    return "" if thing is None else next(name for name, value in vars(module).items() if value is thing)


def find_class_rows(module: ModuleType) -> dict[str, Variant]:
    """Find the classes of a module that hold a forward and a backward."""
    return {
        name: Variant(
            name, adapter=recognise_target(thing), model_forward=name, reference=find_formula_name(module, name)
        )
        for name, thing in find_self_contained(module, [])
    }


def find_loss_rows(module: ModuleType) -> dict[str, Variant]:
    """Find the functions of a module that are called a loss, and are no part of a pair."""
    paired = [function for pair in find_pairs(module, []).values() for function in pair.values()]
    return {
        name: Variant(name, adapter="loss", model_forward=name, reference=find_formula_name(module, name))
        for name, function in list_losses(list_own_code(module))
        if function not in paired
    }


def list_losses(code: Iterator[tuple[str, Callable[..., Any]]]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """List the functions that are called a loss, those that are the formula of another left out."""
    for name, function in code:
        if inspect.isfunction(function) and "loss" in name.lower() and not name.endswith("_reference"):
            yield name, function


def find_formula_name(module: ModuleType, name: str) -> str:
    """Return the name of the formula beside a loss or a class, "" where there is none."""
    known: Mapping[str, Any] = vars(module)
    return f"{name}_reference" if f"{name}_reference" in known else ""
