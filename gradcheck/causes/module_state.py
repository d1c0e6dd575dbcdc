"""What a user's modules and classes keep between calls, and the state in which their import left it."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.causes.cause import Cause
from gradcheck.causes.edits.edited_code import list_keepers, restore_content
from gradcheck.causes.edits.source_file import read_source_file
from gradcheck.causes.edits.tracing import trace_gradients
from gradcheck.causes.wrong_case import WrongCase, run_both_ways
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError

EMPTY_CONTAINERS = frozenset({"dict", "list", "set", "defaultdict", "OrderedDict", "Counter"})
"""Calls that make a container, which is empty where they are given none."""


@dataclass(frozen=True, eq=False)
class KeptContainer:
    """A container that a module or a class of it keeps.  name: the text that gives it.  initial: what was in it at
    first."""

    name: str
    value: Any
    initial: Any


@dataclass(frozen=True, eq=False)
class ModuleState:
    """What the modules of some code keep between calls.  keepers: functions that keep their results."""

    containers: Sequence[KeptContainer] = ()
    keepers: Sequence[Any] = ()

    def reset(self) -> None:
        """Give every container what it held when its module was imported, and forget the results of functions."""
        for one in self.containers:
            restore_content(one.value, copy(one.initial))
        for keeper in self.keepers:
            keeper.cache_clear()

    @contextmanager
    def preserved(self) -> Iterator[None]:
        """Put back afterwards what the containers hold now."""
        before = [(one.value, copy(one.value)) for one in self.containers]
        try:
            yield
        finally:
            for value, content in before:
                restore_content(value, content)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return not self.containers and not self.keepers

    @property
    def names(self) -> str:
        """The names of the containers, as code."""
        return ", ".join(f"`{one.name}`" for one in self.containers)


def find_module_state(case: WrongCase) -> ModuleState:
    """Find what the modules keep whose code runs in a case."""
    codes = trace_gradients(case).codes.values()
    modules = {one.code.co_filename: one.names for one in codes}
    containers, keepers = list[KeptContainer](), list[Any]()
    for file, names in modules.items():
        source = read_source_file(file)
        containers += list_kept_containers(source.tree.body, names) if source else []
        keepers += list_keepers(names)
    return ModuleState(tuple(containers), tuple(keepers))


def list_kept_containers(body: Iterable[ast.stmt], names: Mapping[str, Any], prefix: str = "") -> list[KeptContainer]:
    """List the containers that the statements of a module or a class assign to names, and what these hold at first."""
    found = list[KeptContainer]()
    for statement in body:
        if isinstance(statement, ast.ClassDef) and isinstance(names.get(statement.name), type):
            inner = vars(names[statement.name])
            found += list_kept_containers(statement.body, inner, f"{prefix}{statement.name}.")
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            initial = read_container(statement.value)
            for name in (target.id for target in targets if isinstance(target, ast.Name)):
                if initial is not None and isinstance(names.get(name), type(initial)):
                    found.append(KeptContainer(f"{prefix}{name}", names[name], initial))
    return found


def read_container(value: ast.expr | None) -> dict[Any, Any] | list[Any] | set[Any] | None:
    """Return the container of constants that an expression makes; None where it makes something else."""
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        is_filled = value.keywords or (value.args and name != "defaultdict")
        kinds: dict[str, type] = {"list": list, "set": set}
        return kinds.get(name, dict)() if name in EMPTY_CONTAINERS and not is_filled else None
    try:
        made = ast.literal_eval(value) if value is not None else None
    except ValueError:
        return None
    return made if isinstance(made, (dict, list, set)) else None


def find_state_at_fault(wrong: Sequence[WrongCase], label: str) -> ModuleState | None:
    """Find what the modules keep, where the gradient of an input is right in every wrong case as long as nothing is
    kept of earlier calls; None where it is not."""
    state = find_module_state(wrong[0])
    if state.is_empty:
        return None
    with state.preserved():
        return state if all(is_right_afresh(case, label, state) for case in wrong) else None


def is_right_afresh(case: WrongCase, label: str, state: ModuleState) -> bool:
    """Whether the gradient of an input is right in a fresh state."""
    state.reset()
    try:
        _, claimed = run_both_ways(Evaluator(case.op, case.case))
    except (UserError, Malformed):
        return False
    return not replace(case, claimed=claimed).is_wrong(case.labels.index(label))


def describe_state(state: ModuleState) -> Cause:
    """Return the cause that a gradient depends on what is kept of earlier calls."""
    kept = f" in {state.names}" if state.names else ""
    words = f"it is right as long as nothing is kept{kept} of earlier calls"
    return Cause("state-kept", words, "Take what it depends on as the key of what is kept, or keep nothing.")
