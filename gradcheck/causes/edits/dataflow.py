"""What statements use and what they give a value to: names, attributes, and entries with a key of text."""

import ast


def list_assigned(statement: ast.stmt) -> list[str]:
    """List what a statement gives a value to, or changes."""
    targets: list[ast.AST] = []
    if isinstance(statement, ast.Assign):
        targets = [*statement.targets]
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign, ast.For)):
        targets = [statement.target]
    elif isinstance(statement, ast.With):
        targets = [item.optional_vars for item in statement.items if item.optional_vars]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        targets = [*call.args[:1], *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]
    flat = [part for target in targets for part in unpack_target(target)]
    return [text for part in flat if (text := name_path(part))]


def unpack_target(target: ast.AST) -> list[ast.AST]:
    """Return the parts of a target."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return [part for element in target.elts for part in unpack_target(element)]
    return [target.value] if isinstance(target, ast.Starred) else [target]


def name_path(node: ast.AST) -> str:
    """Return the text of a name, an attribute or an entry with a key of text; for an element of an array the array's;
    "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = name_path(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ast.Subscript):
        owner = name_path(node.value)
        keyed = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        return f"{owner}[{ast.unparse(node.slice)}]" if owner and keyed else owner
    return ""


def list_used(node: ast.AST) -> set[str]:
    """List the names, attributes and entries that an expression uses, the longest text of each alone."""
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and (text := name_path(node)):
        inner = [part.slice for part in ast.walk(node) if isinstance(part, ast.Subscript)]
        return {text}.union(*(list_used(part) for part in inner))
    return set().union(*(list_used(child) for child in ast.iter_child_nodes(node)))


def list_used_in(statement: ast.stmt) -> set[str]:
    """List what a statement, or the header of one that holds others, uses."""
    if isinstance(statement, (ast.For, ast.While, ast.If)):
        return list_used(statement.iter if isinstance(statement, ast.For) else statement.test)
    if isinstance(statement, ast.Assign):
        indices = [part.slice for t in statement.targets for part in ast.walk(t) if isinstance(part, ast.Subscript)]
        return list_used(statement.value).union(*map(list_used, indices))
    if isinstance(statement, ast.With):
        return set()
    return list_used(statement)


def is_same_value(used: str, assigned: str) -> bool:
    """Whether a text that is used may stand for a value that is assigned, or for a part or an owner of it."""
    is_part = used.startswith((f"{assigned}.", f"{assigned}["))
    return used == assigned or is_part or assigned.startswith((f"{used}.", f"{used}["))
