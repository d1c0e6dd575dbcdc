"""The op of the library that another op says it computes: "softmax", or "elu(alpha=1.0)" with a setting fixed."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.declaration.shape import DeclarationError


@dataclass(frozen=True)
class Counterpart:
    """An op of the library by its name, and the settings that the op at hand has fixed."""

    name: str
    settings: Mapping[str, Any]


def read_counterpart(text: str) -> Counterpart:
    """Read `Op.same_as`.  Raises DeclarationError for anything but a name, or a call of it with constants."""
    try:
        tree = ast.parse(text, mode="eval").body
        if isinstance(tree, ast.Name):
            return Counterpart(tree.id, {})
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.args:
            settings = {k.arg: ast.literal_eval(k.value) for k in tree.keywords if k.arg}
            if len(settings) == len(tree.keywords):
                return Counterpart(tree.func.id, settings)
    except (SyntaxError, ValueError, TypeError):
        pass
    raise DeclarationError(f"same_as={text!r}: write the name of an op of the library: 'softmax', 'elu(alpha=1.0)'")
