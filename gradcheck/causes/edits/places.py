"""The places of a statement at which an edit may stand."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gradcheck.causes.edits.edit import EditPlace
from gradcheck.causes.edits.source_file import SourceFile
from gradcheck.causes.edits.tracing import SeenValue

REDUCTIONS = frozenset({"sum", "mean", "max", "min", "prod", "argmax", "argmin", "std", "var", "cumsum", "any", "all"})
"""Functions whose second argument is an axis."""
ALLOCATING = frozenset({"zeros", "ones", "empty", "full", "arange", "range", "eye", "linspace", "identity"})
"""Functions of shapes and lengths alone."""
RESHAPING = {"reshape", "repeat", "tile", "expand_dims", "squeeze", "pad", "roll", "broadcast_to"}
SHAPING = ALLOCATING | RESHAPING | {"transpose", "swapaxes", "moveaxis"}
"""Functions whose arguments, but for an array, are shapes, lengths and axes."""


@dataclass(frozen=True)
class PlaceFinder:
    """Finds the places of one statement.  seen: the values that it may use.  unused: the names of its function that
    this never uses.  returned: the expressions that return the gradient in question; beside them, what is returned in a
    row has no places."""

    source: SourceFile
    statement: ast.stmt
    seen: Mapping[str, SeenValue]
    unused: frozenset[str] = frozenset()
    returned: Sequence[ast.expr] = ()

    def make(self, node: ast.AST, parent: ast.AST, role: str) -> EditPlace:
        """Return a place."""
        return EditPlace(self.source, self.statement, node, parent, role, self.seen, self.unused)

    def find(self) -> Iterator[EditPlace]:
        """Yield the statement itself, and the places in it."""
        statement = self.statement
        yield self.make(statement, statement, "statement")
        value = getattr(statement, "value", None)
        if isinstance(value, ast.expr):
            find = self.walk_unpacked if is_unpacked_row(statement) else self.find_wholes
            yield from find(value, statement)
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                yield from self.walk(target, statement, "target")
        if isinstance(statement, ast.For):
            yield from self.walk(statement.iter, statement, "index")
        if isinstance(statement, ast.If):
            yield from self.walk(statement.test, statement, "test")

    def walk_unpacked(self, value: ast.expr, parent: ast.AST) -> Iterator[EditPlace]:
        """Yield the places in a row that is assigned to several names."""
        yield from self.walk(value, parent, "row")

    def find_wholes(self, value: ast.expr, parent: ast.AST) -> Iterator[EditPlace]:
        """Yield the places in what is assigned or returned."""
        if isinstance(value, (ast.Tuple, ast.List)):
            chosen = [element for element in value.elts if any(element is one for one in self.returned)]
            for element in chosen or value.elts:
                yield from self.find_wholes(element, value)
        elif isinstance(value, ast.Dict):
            for element in value.values:
                yield from self.find_wholes(element, value)
        else:
            yield from self.walk(value, parent, "whole")

    def walk(self, node: ast.AST, parent: ast.AST, role: str) -> Iterator[EditPlace]:
        """Yield a node and the places below it."""
        if isinstance(node, (ast.expr_context, ast.operator, ast.cmpop, ast.unaryop, ast.boolop, ast.arguments)):
            return
        if isinstance(node, (ast.JoinedStr, ast.Starred)):
            return
        if hasattr(node, "lineno"):
            yield self.make(node, parent, role)
        inner = "value" if role in ("whole", "row") else role
        if isinstance(node, ast.Subscript):
            yield from self.walk(node.value, node, inner)
            yield from self.walk(node.slice, node, "index")
        elif isinstance(node, ast.Call):
            yield from self.walk_call(node, inner)
        else:
            for child in ast.iter_child_nodes(node):
                yield from self.walk(child, node, inner)

    def walk_call(self, node: ast.Call, role: str) -> Iterator[EditPlace]:
        """Yield the places in a call."""
        name = name_callee(node)
        yield self.make(node.func, node, "function")
        if isinstance(node.func, ast.Attribute):
            yield from self.walk(node.func.value, node.func, role)
        method = is_method_call(node, self.seen)
        for k, argument in enumerate(node.args):
            yield from self.walk(argument, node, find_argument_role(name, k + method, role))
        for keyword in node.keywords:
            if keyword.arg is not None:
                axis, shaping = keyword.arg in ("axis", "axes", "dim"), name in SHAPING
                yield from self.walk(keyword, node, "axis" if axis else "index" if shaping else role)


def list_unused(definition: ast.AST) -> frozenset[str]:
    """List the arguments and variables of a function that it never uses; to change an element of one is no use."""
    names = [node for node in ast.walk(definition) if isinstance(node, ast.Name)]
    given = {node.arg for node in ast.walk(definition) if isinstance(node, ast.arg)}
    stored = [n for n in ast.walk(definition) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)]
    changed = {id(node.value) for node in stored}
    used = {node.id for node in names if isinstance(node.ctx, ast.Load) and id(node) not in changed}
    return frozenset((given | {node.id for node in names}) - used)


def is_unpacked_row(statement: ast.stmt) -> bool:
    """Whether a statement assigns one thing to several names."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    several = any(isinstance(target, (ast.Tuple, ast.List)) for target in targets)
    return several and not isinstance(getattr(statement, "value", None), (ast.Tuple, ast.List))


def name_callee(node: ast.AST) -> str:
    """Return the name of the function or method that a node calls; "" where it calls none."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_method_call(node: ast.Call, seen: Mapping[str, SeenValue]) -> bool:
    """Whether a call is one of a method of an array, and not of a module or an object."""
    if not isinstance(node.func, ast.Attribute):
        return False
    owner = ast.unparse(node.func.value)
    return seen[owner].kind in ("array", "mask") if owner in seen else not owner.isidentifier()


def get_subject(node: ast.Call, seen: Mapping[str, SeenValue]) -> ast.expr | None:
    """Return x of np.sum(x, 0) and of x.sum(0); None where there is none."""
    if is_method_call(node, seen):
        return node.func.value  # type: ignore[attr-defined]
    return node.args[0] if node.args else None


def find_argument_role(name: str, k: int, role: str) -> str:
    """Return the role of argument k of a function, an array whose method it is counting as the first."""
    if name in REDUCTIONS or name in ("concatenate", "stack", "expand_dims", "flip", "take", "split"):
        return role if k == 0 else "axis"
    if name in ("transpose", "swapaxes", "moveaxis"):
        return role if k == 0 else "axis"
    if name in ALLOCATING:
        return "index"
    if name in SHAPING:
        return role if k == 0 else "index"
    return role


def is_within_subscript(place: EditPlace) -> bool:
    """Whether a place chooses elements of an array."""
    subscripts = (node for node in ast.walk(place.statement) if isinstance(node, ast.Subscript))
    return any(place.node is part for subscript in subscripts for part in ast.walk(subscript.slice))
