"""Functions of a submission by their names: where it is defined, what it takes, whether anything is in it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradcheck.audit.agent.bindings import FunctionNode
from gradcheck.audit.agent.blank_bodies import describe_blank
from gradcheck.audit.agent.definitions import ASSIGNMENTS, list_targets
from gradcheck.audit.agent.loading import Loader
from gradcheck.audit.agent.source_files import StudentFile
from gradcheck.audit.agent.trees import clip_text

FUNCTION_NODES = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (ast.If, ast.Try, ast.With, ast.ExceptHandler)


@dataclass
class Definition:
    """A definition of a name: a function, a class, or an assignment."""

    path: str
    cell: int
    node: ast.stmt

    def describe_blank(self) -> tuple[str, list[int]]:
        """Return why there is nothing in it, and which of the values that it returns are blank."""
        try:
            return describe_blank(self.node) if isinstance(self.node, FUNCTION_NODES) else ("", [])
        except RecursionError:  # of very long expressions, in which there is something
            return "", []

    def describe(self) -> dict[str, Any]:
        """Return where it is."""
        return {"file": self.path, "cell": self.cell, "line": self.node.lineno}


def list_definitions(source: StudentFile, name: str) -> list[Definition]:
    """Return the definitions of a function, a class, or a method "Class.method", in the order in which they run."""
    owner, _, method = name.rpartition(".")
    found = []
    for chunk in source.chunks:
        for node in walk_definitions(chunk.statements):
            if owner and isinstance(node, ast.ClassDef) and node.name == owner:
                inner = [n for n in walk_definitions(node.body) if names_of(n) & {method}]
                found += [Definition(source.path, chunk.cell, n) for n in inner[-1:] or [node]]
            elif not owner and name in names_of(node):
                found.append(Definition(source.path, chunk.cell, node))
    return found


def walk_definitions(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module or a class, with those in its branches."""
    for statement in statements:
        if isinstance(statement, BRANCHES):
            inner = [
                node for node in ast.iter_child_nodes(statement) if isinstance(node, (ast.stmt, ast.ExceptHandler))
            ]
            yield from walk_definitions(inner)  # type: ignore[arg-type]  # handlers are branches too
        else:
            yield statement


def names_of(statement: ast.stmt) -> set[str]:
    """Return the names that a definition or an assignment defines."""
    if isinstance(statement, (*FUNCTION_NODES, ast.ClassDef)):
        return {statement.name}
    return {*list_targets(statement)} if isinstance(statement, ASSIGNMENTS) else set()


def find_candidates(loader: Loader, name: str) -> list[Definition]:
    """Return the definition that counts in each file, the best first: a function before a name that is assigned, one
    with something in it before one without, modules before notebooks, near the top before deep down."""
    latest = [found[-1] for source in loader.sources.values() if (found := list_definitions(source, name))]
    return sorted(latest, key=rank_definition)


def rank_definition(candidate: Definition) -> tuple[Any, ...]:
    """Return a key that is the lower the better a candidate is."""
    is_assigned = not isinstance(candidate.node, (*FUNCTION_NODES, ast.ClassDef))
    is_notebook = candidate.cell > 0
    reason, blank = candidate.describe_blank()
    depth = candidate.path.count("/")
    return bool(reason), is_assigned, len(blank), is_notebook, depth, len(candidate.path), candidate.path


def find_function(loader: Loader, name: str) -> tuple[dict[str, Any], Any]:
    """Return what is known of a function of this name, and the function itself where it can be called.

    state: "found", "not found", "unimplemented" or "unloadable", with a reason for the last two; blank: positions of
    returned values that are None or zeros that nobody fills; candidates: other places that define it.
    """
    candidates = find_candidates(loader, name)
    if not candidates:
        return explain_absence(loader, name), None
    value, failure = None, ""
    for candidate in candidates:
        value, failure = resolve(loader, candidate.path, name)
        if value is not None:
            break
    else:
        candidate = candidates[0]
    reason, blank = candidate.describe_blank()
    state = "unimplemented" if reason else "found"
    if value is None:
        state = "not found" if "." in name and isinstance(candidate.node, ast.ClassDef) else "unloadable"
    others = [other.describe() for other in candidates if other is not candidate]
    return {
        **candidate.describe(),
        "state": state,
        "reason": failure if value is None else reason,
        "blank": blank,
        "parameters": read_parameters(candidate.node) if isinstance(candidate.node, FUNCTION_NODES) else [],
        "candidates": others,
    }, value


def resolve(loader: Loader, path: str, name: str) -> tuple[Any, str]:
    """Return the function or class of a name after its file was loaded, or None and why there is none."""
    first, *others = name.split(".")
    try:
        value: Any = vars(loader.load(path)).get(first)
    except RecursionError:
        return None, f"{path} is nested too deep"
    if value is None and loader.run_waiting(path, first):
        value = vars(loader.load(path)).get(first)
    if value is None:
        return None, loader.failures[path].get(first, f"{first} is not there after the file was loaded")
    for other in others:
        try:
            value = getattr(value, other)
        except BaseException as error:  # a class may do anything when it is asked
            return None, clip_text(f"{type(error).__name__}: there is no {other} in {first}")
    return (value, "") if callable(value) else (None, f"{name} is no function")


def explain_absence(loader: Loader, name: str) -> dict[str, Any]:
    """Return that there is no such function, or in which file or cell it stands that could not be read."""
    defines = re.compile(rf"\b(?:def|class)\s+{re.escape(name.partition('.')[0])}\b")
    unread = [source for source in loader.sources.values() if defines.search(source.unread)]
    reason = "; ".join(f"{source.path}: {source.reason}" for source in unread[:3])
    return {
        "file": unread[0].path if unread else "",
        "cell": 0,
        "line": unread[0].line if unread else 0,
        "state": "unloadable" if unread else "not found",
        "reason": clip_text(reason),
        "blank": [],
        "parameters": [],
        "candidates": [],
    }


def read_parameters(function: FunctionNode) -> list[dict[str, Any]]:
    """Return the parameters of a function: names, kinds, and the text of their defaults, "" for none."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    rows = [(a.arg, "positional", d) for a, d in zip(positional, [*defaults, *arguments.defaults], strict=True)]
    if arguments.vararg:
        rows.append((arguments.vararg.arg, "var_positional", None))
    rows += [(a.arg, "keyword_only", d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        rows.append((arguments.kwarg.arg, "var_keyword", None))
    return [
        {"name": name, "kind": kind, "default": clip_text(ast.unparse(default)) if default else ""}
        for name, kind, default in rows
    ]
