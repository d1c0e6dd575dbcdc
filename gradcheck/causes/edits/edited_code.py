"""Functions of the user's file that run an edited statement for a trial, and their own code afterwards.

The syntax tree of the function that a statement stands in is compiled anew with the edited statement in its place.  All
functions that run code of it get the code of the same name and line for as long as the trial lasts.
"""

import __future__

import ast
import functools
import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from gradcheck.causes.edits.source_file import SourceFile
from gradcheck.coverage.nested_code import walk_code

CachedFunction: type = type(functools.cache(object))
"""What functools makes of a function that keeps its results."""

FUTURE_FLAGS = functools.reduce(
    lambda a, b: a | b, (getattr(__future__, n).compiler_flag for n in __future__.all_feature_names)
)
"""The flags of a code that say how its file is to be compiled."""

MOST_PRESERVED = 100_000
"""Elements of a global that is put back."""

CodeKey = tuple[str, int, int]
"""The name of a code, its first line, and its number among those that have both in common."""


class NotEditable(Exception):
    """There is no source for a code, or it is not what runs."""


@dataclass(frozen=True, eq=False)
class CodeUnit:
    """A function, or a statement of a module, that is compiled by itself.

    tree: it, within the classes that it stands in, behind the imports of the file.  functions: those that run code of
    it, by the key of their code.
    """

    source: SourceFile
    tree: ast.Module
    flags: int
    functions: tuple[tuple[FunctionType, CodeKey], ...]

    def compile(self) -> dict[CodeKey, CodeType]:
        """Compile the tree as it is now.  Raises SyntaxError and ValueError."""
        return key_codes(compile(self.tree, self.source.name, "exec", flags=self.flags, dont_inherit=True))

    @contextmanager
    def put_in_place(self, codes: Mapping[CodeKey, CodeType]) -> Iterator[None]:
        """Run other codes inside.  Raises ValueError where these use other variables of enclosing functions."""
        before = [(function, function.__code__) for function, _ in self.functions]
        try:
            for function, key in self.functions:
                if key not in codes:
                    raise ValueError("the edit removes a function")
                function.__code__ = codes[key]
            yield
        finally:
            for function, code in before:
                function.__code__ = code


@contextmanager
def replace_statement(block: list[ast.stmt], old: ast.stmt, new: list[ast.stmt]) -> Iterator[None]:
    """Put statements in the place of one of a block, inside."""
    at = next(k for k, statement in enumerate(block) if statement is old)
    block[at : at + 1] = new
    try:
        yield
    finally:
        block[at : at + len(new)] = [old]


def key_codes(module: CodeType) -> dict[CodeKey, CodeType]:
    """Return the codes in that of a module by their keys."""
    found: dict[CodeKey, CodeType] = {}
    for code in walk_code(module):
        count = sum(key[:2] == (code.co_qualname, code.co_firstlineno) for key in found)
        found[(code.co_qualname, code.co_firstlineno, count)] = code
    return found


def find_path(tree: ast.AST, code: CodeType) -> list[ast.AST]:
    """Return the nodes from a tree down to the function that a code is of.  Raises NotEditable without one."""
    for child in ast.iter_child_nodes(tree):
        first, last = getattr(child, "lineno", 0), getattr(child, "end_lineno", None) or 10**9
        first = min([first, *(d.lineno for d in getattr(child, "decorator_list", ()))])
        if first <= code.co_firstlineno <= last:
            if is_definition_of(child, code, first):
                return [tree, child]
            try:
                return [tree, *find_path(child, code)]
            except NotEditable:
                continue
    raise NotEditable(code.co_name)


def is_definition_of(node: ast.AST, code: CodeType, first: int) -> bool:
    """Whether a node, which begins on a line, is the function that a code is of."""
    if first != code.co_firstlineno:
        return False
    if isinstance(node, ast.Lambda):
        names = [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
        return code.co_name == "<lambda>" and names == list(code.co_varnames[: len(names)])
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name


def make_unit(source: SourceFile, path: list[ast.AST], code: CodeType, functions: Iterable[FunctionType]) -> CodeUnit:
    """Return the unit of the outermost function on a path, or of the statement of the module that holds a lambda.
    Raises NotEditable where the functions run other code than the source says, or one keeps its results."""
    at = find_unit_index(path)
    tree: Any = path[at]
    for outer in reversed(path[:at]):
        if isinstance(outer, ast.ClassDef):
            tree = ast.copy_location(ast.ClassDef(outer.name, [], [], [tree], []), outer)
    imports = [node for node in source.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    module = ast.Module([*imports, tree], [])  # calls of what is imported are compiled in another way
    ast.fix_missing_locations(module)
    unit = CodeUnit(source, module, code.co_flags & FUTURE_FLAGS, ())
    keys = {c: key for key, c in unit.compile().items()}
    found = tuple((f, keys[f.__code__]) for f in functions if f.__code__ in keys)
    if not found or code not in keys:
        raise NotEditable(code.co_qualname)
    return CodeUnit(source, module, unit.flags, found)


def find_unit_index(path: list[ast.AST]) -> int:
    """Return the index of the outermost function on a path, else of the innermost statement."""
    functions = [k for k, node in enumerate(path) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return functions[0] if functions else max(k for k, node in enumerate(path) if isinstance(node, ast.stmt))


def list_functions_of(files: set[str]) -> list[FunctionType]:
    """List all functions whose code is of some files."""
    return [f for f in gc.get_objects() if type(f) is FunctionType and f.__code__.co_filename in files]


@contextmanager
def preserve_globals(functions: Iterable[FunctionType]) -> Iterator[None]:
    """Put back afterwards what the globals of functions are, and what the containers and arrays among them hold, and
    clear the results that functions keep: some may be of edited code."""
    owners = {id(f.__globals__): f.__globals__ for f in functions}.values()
    own = [(names, {n: v for n, v in names.items() if not n.startswith("__")}) for names in owners]
    before = [(names, values, [(v, v.copy()) for v in values.values() if can_copy(v)]) for names, values in own]
    try:
        yield
    finally:
        for names, values, contents in before:
            names.update({n: v for n, v in values.items() if names.get(n) is not v})
            for value, content in contents:
                restore_content(value, content)
            for keeper in list_keepers(names):
                keeper.cache_clear()


def can_copy(value: Any) -> bool:
    """Whether a value is a container or an array that a function may change."""
    if type(value) is np.ndarray:
        return value.size <= MOST_PRESERVED and value.flags.writeable
    return type(value) in (dict, list, set) and len(value) <= MOST_PRESERVED


def restore_content(value: Any, content: Any) -> None:
    """Give a container or an array the content that it had."""
    if isinstance(value, np.ndarray):
        if value.shape == content.shape:
            value[...] = content
    elif isinstance(value, list):
        value[:] = content
    elif isinstance(value, set):
        value ^= value ^ content
    else:
        for key in value.keys() - content.keys():
            del value[key]
        value.update({key: member for key, member in content.items() if value.get(key) is not member})


def list_keepers(names: Mapping[str, Any]) -> list[Any]:
    """List the functions among some names that keep their results for arguments that come again."""
    return [value for value in names.values() if type(value) is CachedFunction]
