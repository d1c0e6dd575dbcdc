"""Edits of indices, slices, ranges and windows."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from gradcheck.causes.edits.edit import PRODUCT, SUM, Edit, EditPlace, measure_precedence
from gradcheck.causes.edits.operators.windows import NAMES_OF_STRIDES
from gradcheck.causes.edits.places import is_within_subscript, name_callee
from gradcheck.causes.edits.source_file import MOST_SOURCES, SourceFile

OFF = "is off by one in an index"


def shift_index(place: EditPlace) -> Iterator[Edit]:
    """i → i + 1 and i - 1, and a start or an end that is missing."""
    node, parent = place.node, place.parent
    if place.role != "index" or isinstance(node, (ast.Tuple, ast.Slice, ast.Constant, ast.keyword, ast.Attribute)):
        return
    whole = isinstance(parent, (ast.Subscript, ast.Tuple, ast.Slice)) or name_callee(parent) == "range"
    if whole and measure_precedence(node) >= SUM and not isinstance(node, ast.Call):
        for step in ("+ 1", "- 1"):
            yield from place.replace(f"{place.text} {step}", "off-by-one", OFF)


def exchange_index(place: EditPlace) -> Iterator[Edit]:
    """p[y[i]] → p[j], and p[j] → p[y[i]], for indices that stand elsewhere in the file."""
    if not isinstance(place.node, (ast.Name, ast.Subscript, ast.BinOp)) or not is_within_subscript(place):
        return
    if isinstance(place.parent, (ast.Subscript, ast.Tuple)):
        for text in list_indices(place.source):
            known = {*re.findall(r"[A-Za-z_]\w*", text)} <= {*place.seen}
            if known and text != place.text and (place.text not in place.seen or text not in place.seen):
                words = f"has the index `{place.text}` where `{text}` belongs"
                yield from place.replace(text, "wrong-index", words)


@lru_cache(maxsize=MOST_SOURCES)
def list_indices(source: SourceFile) -> tuple[str, ...]:
    """List the names, and the elements of arrays, that are indices somewhere in a file."""
    slices = [node.slice for node in ast.walk(source.tree) if isinstance(node, ast.Subscript)]
    parts = [part for one in slices for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
    return tuple(dict.fromkeys(source.read(part) for part in parts if isinstance(part, (ast.Name, ast.Subscript))))


def scale_index(place: EditPlace) -> Iterator[Edit]:
    """i → i * stride and i + p, for all whole numbers that the line knows."""
    node = place.node
    is_index = place.role == "index" or (place.role == "whole" and isinstance(node, ast.Name))
    if not is_index or place.seen.get(place.text) is None or place.seen[place.text].kind != "whole":
        return
    if isinstance(place.parent, ast.Attribute | ast.Call):
        return
    for text in place.list_seen("whole"):
        cause = "stride-ignored" if NAMES_OF_STRIDES.search(text) else "wrong-index"
        cause = "dilation-ignored" if "dil" in text.lower() else cause
        if text != place.text:
            yield from place.replace(f"{place.read(node)} * {text}", cause, f"lacks the factor `{text}` in an index")
            cause = "padding-ignored" if "pad" in text.lower() else "wrong-index"
            yield from place.replace(f"{place.read(node)} + {text}", cause, f"lacks `{text}` in an index", 2)
            yield from place.replace(f"{place.read(node)} - {text}", cause, f"lacks `{text}` in an index", 2)


def change_slice(place: EditPlace) -> Iterator[Edit]:
    """a:b → a+1:b, a:b-1, a:, :b, and a step of -1 more or less."""
    node = place.node
    if not isinstance(node, ast.Slice):
        return
    lower = place.read(node.lower) if node.lower else ""
    upper = place.read(node.upper) if node.upper else ""
    step = f":{place.read(node.step)}" if node.step else ""
    edges = [("1", upper), ("", "-1")] if not lower and not upper else []
    edges += [(lower, ""), ("", upper)] if lower or upper else []
    edges += [("1", ""), ("", "-1")] if (lower, upper) in (("1", ""), ("", "-1")) else []
    for first, last in edges:
        yield from place.replace(f"{first}:{last}{step}", "axis-shifted", "takes other elements along an axis")
    if not step and not lower and not upper:
        yield from place.replace("::-1", "axis-reversed", "takes an axis in the wrong direction")
    if step:
        yield from place.replace(f"{lower}:{upper}", "axis-reversed", "takes an axis in the wrong direction")


def reverse_axes(place: EditPlace) -> Iterator[Edit]:
    """a → a[::-1], a[:, ::-1], a[..., ::-1] and a[..., ::-1, ::-1], for whole values and arguments."""
    argument = isinstance(place.parent, ast.Call) and place.role == "value" and place.node in place.parent.args
    if (place.role != "whole" and not argument) or isinstance(place.node, ast.Constant):
        return
    body = place.read(place.node, 18)
    for index in ("::-1", "..., ::-1", "..., ::-1, ::-1"):
        flipped = index == "..., ::-1, ::-1" or name_callee(place.parent) in ("convolve", "correlate")
        cause = ("kernel-not-flipped", "does not flip the kernel") if flipped else ("axis-reversed", "is not reversed")
        yield from place.replace(f"{body}[{index}]", *cause, 3)


def cut_padding_from_front(place: EditPlace) -> Iterator[Edit]:
    """x[p:-p] → x[p:x.shape[k] - p], which is right where p is 0 as well; and x → x without its padding."""
    node = place.node
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    base, texts, changed = place.read(node.value), list[str](), False
    for k, part in enumerate(parts):
        end = part.upper if isinstance(part, ast.Slice) and part.step is None else None
        if isinstance(part, ast.Slice) and isinstance(end, ast.UnaryOp) and isinstance(end.op, ast.USub):
            start = place.read(part.lower) if part.lower else ""
            texts.append(f"{start}:{base}.shape[{k}] - {place.read(end.operand, PRODUCT)}")
            changed = True
        else:
            texts.append(place.read(part))
    if changed:
        words = "is right only with padding: an end of `-0` leaves nothing"
        yield from place.replace(f"{base}[{', '.join(texts)}]", "right-only-where", words)


def change_range(place: EditPlace) -> Iterator[Edit]:
    """range(n) → range(1, n), range(n - 1), range(n)[::-1], and the other way round."""
    node = place.node
    if not isinstance(node, ast.Call) or name_callee(node) not in ("range", "reversed"):
        return
    if name_callee(node) == "reversed":
        yield from place.replace(place.read(node.args[0]), "wrong-direction", "runs in the wrong direction")
        return
    arguments = [place.read(a) for a in node.args]
    if len(arguments) == 1:
        yield from place.replace(f"range(1, {arguments[0]})", "off-by-one", "begins too early")
        yield from place.replace(f"range({arguments[0]} - 1)", "off-by-one", "ends too late")
        yield from place.replace(f"range({arguments[0]} + 1)", "off-by-one", "ends too early")
    if len(arguments) == 2:
        yield from place.replace(f"range({arguments[1]})", "off-by-one", "begins too late")
    reverse = "runs in the wrong direction"
    yield from place.replace(f"reversed({place.text})", "wrong-direction", reverse)
    if len(arguments) == 3 and arguments[2] == "-1":
        yield from place.replace(f"range({arguments[0]} + 1)", "wrong-direction", reverse)


def change_new_axes(place: EditPlace) -> Iterator[Edit]:
    """x[:, None] ↔ x[None, :], x[i, j] → x[j, i], v → v[:, None]."""
    node = place.node
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        parts = [place.read(part) for part in node.slice.elts]
        for i, j in combinations(range(len(parts)), 2):
            order = {i: j, j: i}
            inner = ", ".join(parts[order.get(k, k)] for k in range(len(parts)))
            yield from place.replace(f"{place.read(node.value)}[{inner}]", "wrong-index", "exchanges two indices")
    own = place.seen.get(place.text)
    if place.role == "value" and own is not None and own.kind == "array" and isinstance(place.parent, ast.BinOp):
        for index in (":, None", "None, :", "..., None"):
            yield from place.replace(f"{place.text}[{index}]", "wrong-index", "lines up the wrong axes", 2)
