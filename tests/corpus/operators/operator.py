"""What an operator of mutation is, the list of all of them, and the laws that state what they do."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Change = Callable[[Any], Iterator[ast.AST]]


@dataclass(frozen=True)
class Operator:
    """name: of the fault, in the field's words.  kind: of site, as mutation.sites gives them.  laws: those that state
    the fault."""

    name: str
    kind: str
    laws: tuple[str, ...]
    changes: Change

    def words(self, node: ast.AST, other: ast.AST) -> str:
        """What was changed into what; for a whole backward, the line that is new."""
        if isinstance(other, ast.FunctionDef):
            changed = other.body[1].finalbody if isinstance(other.body[1], ast.Try) else other.body
            return f"`{ast.unparse(other.body[0])}`" if changed is other.body else f"{other.body[0].value.id} doubled"
        old, new = ast.unparse(node), ast.unparse(other)
        return f"`{old}` → `{new.replace(old, '…') if len(old) > 1 else new}`".replace("\n", " ")


OPERATORS: list[Operator] = []
"""All of them, in the order of this package."""

VALUES = ("gradient", "kinks", "extremes")
"""A fault of values, which where it is right near by may overflow far out."""

NUMBERS = (*VALUES, "linearity")
"""A fault of values that takes no regard of sums and multiples of the upstream."""

SHAPES = ("contract", *VALUES)
"""A fault of shapes shows in the values where the shapes happen to agree."""


def operator(name: str, kind: str = "node", laws: tuple[str, ...] = SHAPES) -> Callable[[Change], Change]:
    """Enter a function into the list of operators."""

    def enter(changes: Change) -> Change:
        OPERATORS.append(Operator(name, kind, laws, changes))
        return changes

    return enter
