"""Single statements of a submission: compiled under the name of their file, and what they define."""

import __future__

import ast
import linecache
import warnings
from types import CodeType

from gradcheck.audit.agent.definitions import DEFINITIONS
from gradcheck.audit.agent.single_elements import take_single_elements
from gradcheck.audit.agent.source_files import Chunk
from gradcheck.audit.agent.trees import clip_text

PREFIX = "submission"
"""What the names of all modules and files of a submission begin with, so that they hide no other."""


def compile_statement(statement: ast.stmt, filename: str) -> CodeType:
    """Return the code of a single statement, whose annotations are text: they may name what is missing.  An array of
    one element is a number in it, as in earlier releases of NumPy."""
    flags = __future__.annotations.compiler_flag
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(ast.Module([take_single_elements(statement)], []), filename, "exec", flags, dont_inherit=True)


def name_chunk(path: str, chunk: Chunk) -> str:
    """Return the file name of code, with the number of its cell: "submission/hw.ipynb#3"."""
    name = f"{PREFIX}/{path}#{chunk.cell}" if chunk.cell else f"{PREFIX}/{path}"
    linecache.cache.pop(name, None)
    return name


def list_defined(statement: ast.AST) -> list[str]:
    """Return the names that a statement binds in its module."""
    if isinstance(statement, DEFINITIONS):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).partition(".")[0] for alias in statement.names]
    if isinstance(statement, ast.Name):
        return [statement.id] if isinstance(statement.ctx, ast.Store) else []
    return [name for child in ast.iter_child_nodes(statement) for name in list_defined(child)]


def describe(error: BaseException) -> str:
    """Return the message of an exception, whatever its class makes of it."""
    try:
        return clip_text(str(error))
    except BaseException as again:  # __str__ is the student's too
        return f"its message cannot be read ({type(again).__name__})"
