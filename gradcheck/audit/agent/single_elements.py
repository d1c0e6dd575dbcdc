"""Arrays of one element where a number is asked for, which NumPy took before 2.4: a handout writes `float(b)`."""

import ast
import copy
from typing import Any

import numpy as np

NUMBER_NAME, ELEMENT_NAME = "__take_number__", "__take_element__"
"""The names under which code finds the functions below."""


def take_number(value: Any) -> Any:
    """Return an array of one element without axes; any other value as it is."""
    return value.reshape(()) if isinstance(value, np.ndarray) and value.ndim and value.size == 1 else value


def take_element(owner: Any, value: Any) -> Any:
    """Return a value as an element or a part of its owner takes it: a list keeps what it is given."""
    return take_number(value) if isinstance(owner, np.ndarray) and owner.dtype.kind != "O" else value


TAKERS = {NUMBER_NAME: take_number, ELEMENT_NAME: take_element}


class ElementTaker(ast.NodeTransformer):
    """Changes `float(x)` and `a[i] = x`, so that an array of one element is a number there."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Change the argument of `float` and `int`."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("float", "int") and len(node.args) == 1:
            node.args = [call_taker(NUMBER_NAME, node.args[0])]
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Change the value of `a[i] = x`."""
        self.generic_visit(node)
        return self.take_value(node, node.targets[0]) if len(node.targets) == 1 else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Change the value of `a[i] += x`."""
        self.generic_visit(node)
        return self.take_value(node, node.target)

    def take_value(self, node: ast.Assign | ast.AugAssign, target: ast.expr) -> ast.AST:
        """Change the value that an element of a name is assigned."""
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            owner = ast.copy_location(ast.Name(target.value.id, ast.Load()), target.value)
            node.value = call_taker(ELEMENT_NAME, owner, node.value)
        return node


def call_taker(name: str, *arguments: ast.expr) -> ast.expr:
    """Return the call of a function of TAKERS where its last argument stands."""
    call = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    return ast.fix_missing_locations(ast.copy_location(call, arguments[-1]))


def take_single_elements(statement: ast.stmt) -> ast.stmt:
    """Return a statement in which an array of one element is a number where one is asked for; names are those of
    TAKERS."""
    try:
        return ElementTaker().visit(copy.deepcopy(statement))
    except RecursionError:  # of very long expressions, as they are
        return statement
