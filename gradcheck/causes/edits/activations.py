"""What the code of a user says of two variables: whether one is an activation of the other, or has eps added to it."""

import ast
from collections.abc import Iterator

from gradcheck.causes.edits.places import REDUCTIONS, name_callee

OF_NO_SLOPE = REDUCTIONS | {"reshape", "transpose", "dot", "matmul", "einsum", "copy", "astype", "array", "asarray"}
"""Functions that sum, or leave the numbers as they are: their results are no activations."""

NAMES_OF_EPS = ("eps", "tiny", "delta")
"""Words in the names of small numbers that keep a divisor from zero."""


def is_activation_of(tree: ast.AST, one: str, other: str) -> bool:
    """Whether a variable is given, somewhere in a file, the value of a function of another one, element by element."""
    alike = {other, *list_alike(tree, other)}
    values = [v for v in list_values_of(tree, one) if any(read_path(node) in alike for node in ast.walk(v))]
    return any(is_sloped(value, alike) for value in values)


def adds_eps(tree: ast.AST, name: str) -> bool:
    """Whether a variable is given, somewhere in a file, a value to which a small number is added."""
    last = name.rpartition(".")[2]
    sums = (n for v in list_values_of(tree, last) for n in ast.walk(v) if isinstance(n, ast.BinOp))
    return any(isinstance(n.op, ast.Add) and (is_eps(n.left) or is_eps(n.right)) for n in sums)


def is_eps(node: ast.AST) -> bool:
    """Whether an expression is a small number, or has the name of one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float) and 0 < node.value <= 0.01
    name = read_path(node).rpartition(".")[2].lower()
    return any(word in name for word in NAMES_OF_EPS)


def is_sloped(value: ast.expr, own: set[str]) -> bool:
    """Whether an expression has a slope to speak of by some variable, and uses no other array: it calls a function,
    chooses between branches or takes a power, and sums over nothing."""
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    names = {name_callee(call) for call in calls}
    if names & (OF_NO_SLOPE - {"copy", "astype"}) or any(isinstance(n, ast.MatMult) for n in ast.walk(value)):
        return False
    return any(is_bent(node, own) for node in ast.walk(value)) and not list_others(value, own)


def is_bent(node: ast.AST, own: set[str]) -> bool:
    """Whether an expression is a function, a power or a condition of some variable, and no copy of it."""
    if isinstance(node, ast.Call):
        parts = [] if name_callee(node) in ("copy", "astype") else [*node.args, *node.keywords]
    else:
        parts = [node.left] if isinstance(node, (ast.BinOp, ast.Compare)) and not is_linear(node) else []
    return any(read_path(inner) in own for part in parts for inner in ast.walk(part))


def is_linear(node: ast.AST) -> bool:
    """Whether an expression is a sum, a product or a quotient."""
    return isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Pow)


def list_others(value: ast.expr, own: set[str]) -> list[str]:
    """List the variables that an expression combines with its own, element by element, as those of a difference."""
    functions = {id(part) for call in ast.walk(value) if isinstance(call, ast.Call) for part in ast.walk(call.func)}
    sums = [n for n in ast.walk(value) if isinstance(n, ast.BinOp) and isinstance(n.op, (ast.Add, ast.Sub))]
    terms = [side for n in sums for side in (n.left, n.right)]
    found = [read_path(side) for side in terms if id(side) not in functions]
    return [text for text in found if text and text not in own]


def list_values_of(tree: ast.AST, name: str) -> Iterator[ast.expr]:
    """Yield the expressions that are assigned to a variable, or to an attribute, of a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(read_path(target) == name for target in node.targets):
            yield node.value


def list_alike(tree: ast.AST, name: str) -> list[str]:
    """List the variables that are the same as one: assigned to it as they are, or it to them."""
    pairs = [
        (read_path(target), read_path(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
    ]
    return [b if a == name else a for a, b in pairs if name in (a, b) and a and b]


def read_path(node: ast.AST) -> str:
    """Return the text of a name, or of an attribute of one; "" for anything else."""
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
