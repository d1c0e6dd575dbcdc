"""The names in a file of model answers, which is read and not run."""

import ast
from dataclasses import dataclass
from pathlib import Path

from gradcheck.audit.toml_table import TomlTable
from gradcheck.spelling import suggest_name


@dataclass(frozen=True)
class ModelNames:
    """The names that a file of model answers defines."""

    path: Path
    names: frozenset[str]

    @classmethod
    def of(cls, table: TomlTable, path: Path) -> "ModelNames":
        """Return the names of the file that a table calls its model.  Raises AssignmentError where it is no Python."""
        if not path.is_file():
            table.refuse("model", f"names {path}, which is no file; write the model answers there")
        try:
            statements = ast.parse(path.read_bytes()).body
        except (SyntaxError, ValueError) as error:
            table.refuse("model", f"names {path}, which is no Python of this version: {error}")
        return cls(path, frozenset(name for statement in statements for name in list_bound_names(statement)))

    def require(self, table: TomlTable, key: str, name: str) -> None:
        """Raise AssignmentError for a name that the file does not define; "" is none."""
        if name and name not in self.names:
            advice = suggest_name(name, self.names)
            table.refuse(key, f"is {name!r} in the model answers, and {self.path} defines none; {advice}write it there")


def list_bound_names(statement: ast.stmt) -> list[str]:
    """List the names that a statement of a module binds, those of the blocks of `if` and `try` among them."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name for alias in statement.names]
    if isinstance(statement, (ast.If, ast.Try, ast.With)):
        inner = [part for part in ast.walk(statement) if isinstance(part, ast.stmt) and part is not statement]
        return [name for part in inner for name in list_bound_names(part)]
    return [n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
