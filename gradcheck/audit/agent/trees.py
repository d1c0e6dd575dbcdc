"""Values as trees of lists, dictionaries, text and arrays, which is all that crosses between parent and worker.

A node is a dictionary with its "kind": "array" with an "array" and its "type", which is that of a number ("float",
"int", …), the name of a subclass, or ""; where it "is_complex", the last axis holds real and imaginary parts.  "none".
"text".  "tuple" and "list" with "items"; "dict" with "items" that are pairs of nodes.  "held" with a "token" that
stands for an object which stays in the worker, and its "type".  "bad" with "words" for what cannot be sent.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.audit.agent.plain_arrays import (
    BadOutputError,
    join_complex,
    make_number_array,
    make_plain_array,
    split_complex,
)

MOST_NODES = 5000
MOST_LEVELS = 8
MOST_CHARACTERS = 1000
PYTHON_NUMBERS = ("bool", "int", "float", "complex")

TreeNode = dict[str, Any]


class HeldObject:
    """An object that stays in the worker, as the parent knows it: by its token, and the name of its type."""

    def __init__(self, token: int, kind: str = "") -> None:
        self.token, self.kind = token, kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HeldObject) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return f"HeldObject({self.token}, {self.kind!r})"


class BadOutput:
    """A value that could not be sent, as the parent knows it: by words such as "a masked array of shape (2,)"."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __repr__(self) -> str:
        return f"BadOutput({self.words!r})"


def clip_text(text: str) -> str:
    """Return text that can be encoded, and is not long."""
    return text[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def get_type_name(value: Any) -> str:
    """Return the name of the type of a value."""
    return clip_text(str(type.__getattribute__(type(value), "__name__")))


def build_array_node(array: Any, kind: str) -> TreeNode:
    """Return the node of a plain array."""
    is_complex = array.dtype.kind == "c"
    return {"kind": "array", "array": split_complex(array), "type": kind, "is_complex": is_complex}


class TreeWriter:
    """Writes one value as a tree.  hold: keeps an object, and returns its token."""

    def __init__(self, hold: Callable[[Any], int]) -> None:
        self.hold, self.nodes = hold, 0

    def write(self, value: Any, level: int = 0) -> TreeNode:
        """Return the node of a value; what cannot be sent is "bad", what is no number or container is held."""
        self.nodes += 1
        if self.nodes > MOST_NODES or level > MOST_LEVELS:
            return {"kind": "bad", "words": f"a structure of more than {MOST_NODES} values or {MOST_LEVELS} levels"}
        try:
            return self.write_leaf(value) or self.write_container(value, level) or self.write_held(value)
        except BadOutputError as error:
            return {"kind": "bad", "words": str(error)}

    def write_leaf(self, value: Any) -> TreeNode | None:
        """Return the node of an array, a number, text or None."""
        if value is None:
            return {"kind": "none"}
        if isinstance(value, str):
            return {"kind": "text", "text": clip_text(str.__str__(value))}
        if isinstance(value, np.ndarray):
            array, kind = make_plain_array(value)
            return build_array_node(array, clip_text(kind))
        if isinstance(value, np.generic):
            return build_array_node(make_plain_array(np.asarray(value))[0], get_type_name(value))
        if isinstance(value, (bool, int, float, complex)):
            return build_array_node(make_number_array(value), get_type_name(value))
        return None

    def write_container(self, value: Any, level: int) -> TreeNode | None:
        """Return the node of a tuple, a list or a dictionary."""
        if isinstance(value, (tuple, list)):
            kind = "tuple" if isinstance(value, tuple) else "list"
            items = tuple.__iter__(value) if isinstance(value, tuple) else list.__iter__(value)
            return {"kind": kind, "items": self.write_items(items, level)}
        if isinstance(value, dict):
            pairs = [self.write_items(pair, level) for pair in self.limit(dict.items(value))]
            return {"kind": "dict", "items": pairs}
        return None

    def write_items(self, items: Any, level: int) -> list[TreeNode]:
        """Return the nodes of what a container holds."""
        return [self.write(item, level + 1) for item in self.limit(items)]

    def limit(self, items: Any) -> Any:
        """Yield items as long as nodes are left; the one after them is written as "bad"."""
        for item in items:
            if self.nodes > MOST_NODES:
                return
            yield item

    def write_held(self, value: Any) -> TreeNode:
        """Return the node of an object that stays here."""
        return {"kind": "held", "token": self.hold(value), "type": get_type_name(value)}


def write_tree(value: Any, hold: Callable[[Any], int]) -> TreeNode:
    """Return a value as a tree.  hold: keeps an object, and returns its token."""
    return TreeWriter(hold).write(value)


def read_tree(node: Any, find_held: Callable[[int, str], Any] = HeldObject, level: int = 0) -> Any:
    """Return the value of a tree, with arrays of their own.  find_held: returns what a token stands for.
    ValueError: it is no tree."""
    kind = node.get("kind") if isinstance(node, dict) and level <= MOST_LEVELS + 1 else None
    if kind == "none":
        return None
    if kind == "array" and type(node.get("array")) is np.ndarray:
        array = join_complex(node["array"]) if node.get("is_complex") else np.array(node["array"])
        return array.item() if array.ndim == 0 and node.get("type") in PYTHON_NUMBERS else array
    if kind in ("tuple", "list", "dict") and isinstance(node.get("items"), list):
        return read_container_node(kind, node["items"], find_held, level + 1)
    if kind == "held" and type(node.get("token")) is int:
        return find_held(node["token"], str(node.get("type", "")))
    if kind == "text" and isinstance(node.get("text"), str):
        return node["text"]
    if kind == "bad" and isinstance(node.get("words"), str):
        return BadOutput(node["words"])
    raise ValueError("this is no tree of values")


def read_container_node(kind: str, items: list[Any], find_held: Callable[[int, str], Any], level: int) -> Any:
    """Return the tuple, list or dictionary of these items; the value of a key that cannot be one is left out."""
    if kind == "dict":
        pairs = [[read_tree(node, find_held, level) for node in pair] for pair in items if isinstance(pair, list)]
        return {freeze_key(pair[0]): pair[1] for pair in pairs if len(pair) == 2}
    values = [read_tree(node, find_held, level) for node in items]
    return tuple(values) if kind == "tuple" else values


def freeze_key(key: Any) -> Any:
    """Return a key of a dictionary as something that can be one: NumPy's numbers as Python's."""
    if isinstance(key, np.ndarray):
        return key.item() if key.ndim == 0 else repr(key)
    return (
        tuple(map(freeze_key, key)) if isinstance(key, (tuple, list)) else repr(key) if isinstance(key, dict) else key
    )
