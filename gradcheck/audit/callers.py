"""Functions of a model file that call what a student wrote, and how a person calls through them."""

import ast
import inspect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import ModuleType

from gradcheck.declaration.origin import Script


@dataclass(frozen=True)
class Caller:
    """A function of the model file that calls what a student wrote, which is its first argument: its source, and its
    name."""

    text: str
    name: str

    @classmethod
    def of(cls, model: ModuleType, name: str) -> "Caller | None":
        """Return the function of this name; None for no name."""
        return cls(inspect.getsource(getattr(model, name)), name) if name else None


def show_callers(script: Script | None, called: Iterable[tuple[str, Caller | None]]) -> Script | None:
    """Return how a person calls through callers, whose source stands before the calls.  called: what a student wrote,
    by name, and its caller."""
    pairs = [(name, caller) for name, caller in called if caller]
    if script is None or not pairs:
        return script
    imports = [f"from model import {name}" for name, _ in pairs]
    sources = [write_without_annotations(caller.text) for _, caller in pairs]
    shown = replace(script, opening="\n".join(dict.fromkeys([*imports, *sources])))
    for name, caller in pairs:
        shown = insert_first_argument(shown, caller.name, name)
    return shown


def insert_first_argument(script: Script, function: str, argument: str) -> Script:
    """Return a script in which a function has one more argument, before the others."""

    def insert(text: str) -> str:
        return text.replace(f"{function}(", f"{function}({argument}, ")

    variants = {key: {part: insert(text) for part, text in calls.items()} for key, calls in script.variants.items()}
    return replace(script, forward=insert(script.forward), backward=insert(script.backward), variants=variants)


def write_without_annotations(text: str) -> str:
    """Return the source of a function without annotations, whose names a reader may not have."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.unparse(tree)
