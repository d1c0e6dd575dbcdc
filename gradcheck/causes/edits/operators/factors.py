"""Edits of factors: lengths, slopes, masks, settings, numbers, powers and roots."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from gradcheck.causes.edits.edit import ATOM, PRODUCT, UNARY, Edit, EditPlace
from gradcheck.causes.edits.places import get_subject, is_method_call, name_callee
from gradcheck.causes.edits.source_file import MOST_SOURCES, SourceFile
from gradcheck.causes.setting_names import weighs_regularisation

ACTIVATIONS = re.compile(r"(^|_)(tanh|sig|sigm|sigmoid|logistic|softmax|expit)\w*$", re.IGNORECASE)
"""Names of functions whose slope is one of their result."""
MOST_FACTORS, LONGEST_FACTOR = 12, 40
"""Factors of a file that are tried elsewhere, and the letters of each."""
TWO = ("2", "2.0")
SCALES = ("2", "0.5", "-2", "3", "4")


def is_factor_place(place: EditPlace) -> bool:
    """Whether a factor may be put onto a place: a whole value, a term, an operand of a matrix product, the subject of a
    call; not each factor of a product."""
    node, parent = place.node, place.parent
    if isinstance(node, (ast.Constant, ast.Tuple, ast.List, ast.keyword, ast.Compare, ast.Slice, ast.UnaryOp)):
        return False
    if place.role == "whole":
        return True
    if place.role != "value":
        return False
    if isinstance(parent, ast.BinOp):
        sums = isinstance(parent.op, (ast.Add, ast.Sub, ast.MatMult))
        return sums or (isinstance(parent.op, ast.Div) and isinstance(node, ast.Name) and node is parent.right)
    if isinstance(parent, ast.Call):
        return node in parent.args
    method = isinstance(parent, ast.Attribute) and parent.attr not in ("T", "shape", "size", "ndim", "dtype")
    return (method and not isinstance(node, ast.Name | ast.Attribute)) or (method and is_array_name(place))


def is_array_name(place: EditPlace) -> bool:
    """Whether a place is the name of an array."""
    seen = place.seen.get(place.text)
    return seen is not None and seen.kind == "array"


def multiply_by_length(place: EditPlace) -> Iterator[Edit]:
    """g → g / n and g * n, for all lengths and whole numbers that the line knows."""
    if not is_factor_place(place):
        return
    body, is_count = place.read(place.node, PRODUCT), is_length(place, place.node)
    for length in place.lengths:
        tier = 1 if place.role == "whole" or length.isidentifier() else 2
        farther = 2 if place.role == "whole" else 3
        missing = "lacks the division by the number of elements"
        yield from place.replace(f"{body} / {length}", "multiplied-by-length", missing, tier, PRODUCT)
        name = "regularisation-divided" if is_penalty_alone(place) else "divided-by-length"
        name, words = (name, "divides by a length") if not is_count else ("wrong-count", "counts too few elements")
        yield from place.replace(f"{body} * {length}", name, words, farther, PRODUCT)


def multiply_by_number(place: EditPlace) -> Iterator[Edit]:
    """g → 2 g and the like."""
    if is_factor_place(place):
        body = place.read(place.node, PRODUCT)
        for scale in SCALES:
            penalty = is_penalty(body)
            cause = "regularisation-half" if penalty and scale == "2" else "constant-factor"
            words = "has a part of the gradient of the regularisation" if penalty else "lacks a constant factor"
            yield from place.replace(f"{scale} * {body}", cause, words, 1, PRODUCT)


def remove_factors(place: EditPlace) -> Iterator[Edit]:
    """a b → a or b, a / b → a or 1 / b, a^b → a, f(a) → a."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div, ast.FloorDiv, ast.MatMult)):
        divided = isinstance(node.op, ast.Div)
        cause = "divided-by-length" if divided and is_length(place, node.right) else "factor-extra"
        cause = "regularisation-twice" if is_penalty(place.text) and place.read(node.right) in TWO else cause
        cause = "regularisation-divided" if divided and is_penalty(place.read(node.left)) else cause
        too_many = "has a factor too many"
        words = place.say("divides by" if divided else "has the factor too many", node.right, too_many)
        yield from place.replace(place.read(node.left), cause, words)
        text = f"1 / {place.read(node.right, UNARY)}" if divided else place.read(node.right)
        words = place.say("has the factor too many", node.left, too_many)
        doubled = is_penalty(text) and place.read(node.left) in TWO
        yield from place.replace(text, "regularisation-twice" if doubled else "factor-extra", words)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield from place.replace(place.read(node.left), "power", "has a wrong power")


def is_penalty(text: str) -> bool:
    """Whether a text speaks of the weight of a regularisation."""
    return any(map(weighs_regularisation, re.findall(r"[A-Za-z_]\w*", text)))


def is_penalty_alone(place: EditPlace) -> bool:
    """Whether a place is a product with the weight of a regularisation, and no sum with other terms."""
    sums = (n for n in ast.walk(place.node) if isinstance(n, ast.BinOp) and isinstance(n.op, (ast.Add, ast.Sub)))
    return is_penalty(place.text) and not any(sums)


def is_length(place: EditPlace, node: ast.AST) -> bool:
    """Whether an expression is the length of an axis or a count of elements."""
    text = place.read(node)
    seen = place.seen.get(text)
    return ".shape" in text or ".size" in text or text.startswith("len(") or (seen is not None and seen.kind == "whole")


def multiply_by_seen(place: EditPlace) -> Iterator[Edit]:
    """g → g v, g / v, and g times a slope or a mask made of v, for every value v that the line knows."""
    if not is_factor_place(place):
        return
    body = place.read(place.node, PRODUCT)
    for text in place.list_seen("array", "mask", "real"):
        cause = "mask-missing" if place.seen[text].kind == "mask" else "factor-missing"
        first = 2 if place.role == "whole" or place.seen[text].kind == "mask" or is_summed(place, text) else 3
        words = f"lacks the factor `{text}`"
        yield from place.replace(f"{body} * {text}", cause, words, first, PRODUCT)
        if place.seen[text].kind == "mask":
            continue
        yield from place.replace(
            f"{body} / {text}", "factor-missing", f"lacks the division by `{text}`", first, PRODUCT
        )
        yield from place.replace(
            f"{body} * (1 - {text})", "factor-missing", f"lacks the factor `1 - {text}`", first + 1
        )
        if place.seen[text].kind == "real":
            scale = f"lacks the division by `1 - {text}`"
            yield from place.replace(f"{body} / (1 - {text})", "keep-scale-missing", scale, 2, PRODUCT)
        if place.seen[text].kind == "array":
            yield from multiply_by_slopes(place, body, text, first + 1)


def is_summed(place: EditPlace, text: str) -> bool:
    """Whether a place is an array of which a sum is taken, and a text an array of the same shape."""
    own, parent = place.seen.get(place.text), place.parent
    summed = isinstance(parent, ast.Attribute) and parent.attr in ("sum", "mean")
    summed |= name_callee(parent) in ("sum", "mean")
    return summed and own is not None and own.shape == place.seen[text].shape


def multiply_as_elsewhere(place: EditPlace) -> Iterator[Edit]:
    """g → g / f(v) and g * f(v), for divisors and factors with a call that stand elsewhere in the file."""
    if not is_factor_place(place):
        return
    body = place.read(place.node, PRODUCT)
    for symbol, text, names in list_factors_with_calls(place.source):
        if all(name in place.seen for name in names):
            words = f"lacks the {'division by' if symbol == '/' else 'factor'} `{text}`"
            tier = 1 if place.role == "whole" else 2
            yield from place.replace(f"{body} {symbol} {text}", "factor-missing", words, tier, PRODUCT)


@lru_cache(maxsize=MOST_SOURCES)
def list_factors_with_calls(source: SourceFile) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """List the divisors and the last factors with a call that stand in a file: "/" or "*", the text, its names."""
    found = dict[tuple[str, str], frozenset[str]]()
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, (ast.Div, ast.Mult))
            and isinstance(node.right, ast.Call)
        ):
            text, symbol = source.read(node.right), "/" if isinstance(node.op, ast.Div) else "*"
            names = frozenset(part.id for part in ast.walk(node.right) if isinstance(part, ast.Name))
            if len(text) <= LONGEST_FACTOR:
                found.setdefault((symbol, text), names)
    return tuple((symbol, text, names) for (symbol, text), names in found.items())[:MOST_FACTORS]


def remove_functions_of_output(place: EditPlace) -> Iterator[Edit]:
    """f(y) * (1 - f(y)) → y * (1 - y): a function that is called several times on one value, and one too often."""
    node = place.node
    if place.role not in ("whole", "value") or not isinstance(node, ast.BinOp):
        return
    calls = [
        n for n in ast.walk(node) if isinstance(n, ast.Call) and len(n.args) == 1 and isinstance(n.args[0], ast.Name)
    ]
    texts = [place.read(call) for call in calls]
    for call, text in zip(calls, texts, strict=True):
        if texts.count(text) > 1:
            words = f"takes `{text}` of what is its result already"
            yield from place.replace(place.text.replace(text, place.read(call.args[0])), "slope-at-output", words)


def multiply_by_matrix(place: EditPlace) -> Iterator[Edit]:
    """g → v.T @ g, g @ v.T, v @ g, g @ v, for matrices v."""
    if place.role != "whole" or isinstance(place.node, ast.Constant):
        return
    left, right = place.read(place.node, PRODUCT), place.read(place.node, PRODUCT + 1)
    for text in place.list_seen("array"):
        if len(place.seen[text].shape) == 2:
            words = f"lacks the matrix `{text}`"
            for changed in (f"{text}.T @ {right}", f"{left} @ {text}.T", f"{text} @ {right}", f"{left} @ {text}"):
                yield from place.replace(changed, "factor-missing", words, 3, PRODUCT)


def multiply_by_slopes(place: EditPlace, body: str, text: str, tier: int) -> Iterator[Edit]:
    """g → g times the slope of an activation, or a mask, made of an array; and times the array along another axis.
    Those come first of which the array may be the activation."""
    low, high = place.seen[text].low, place.seen[text].high
    slopes = ((f"(1 - {text} ** 2)", -1 < low < 0 < high < 1), (f"{text} * (1 - {text})", 0 < low <= high < 1))
    for factor, fits in slopes:
        words = f"lacks the slope of the activation `{text}`"
        yield from place.replace(f"{body} * {factor}", "slope-missing", words, 1 if fits else tier, PRODUCT)
    words = f"lacks the mask of `{text}`"
    for factor, fits in ((f"({text} > 0)", low == 0 < high), (f"({text} != 0)", False)):
        yield from place.replace(f"{body} * {factor}", "mask-missing", words, 1 if fits else tier, PRODUCT)
    words = f"lacks the factor `{text}`"
    for factor in (f"{text}[:, None]", f"{text}[..., None]", f"{text} ** 2", f"{text} ** 3"):
        yield from place.replace(f"{body} * {factor}", "factor-missing", words, tier + 1, PRODUCT)


def move_factor_inside(place: EditPlace) -> Iterator[Edit]:
    """f(a) * b ↔ f(a * b), f(a) / b → f(a / b)."""
    node, words = place.node, "multiplies outside the function, and not inside"
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)) and isinstance(node.left, ast.Call):
        call, sign = node.left, "*" if isinstance(node.op, ast.Mult) else "/"
        if call.args and name_callee(call) not in ("len", "sqrt", "exp", "log"):
            text = f"{place.read(call.args[0], PRODUCT)} {sign} {place.read(node.right, PRODUCT + 1)}"
            yield from place.replace(write_call(place, call, text), "wrong-function", words)
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.BinOp):
        product, words = node.args[0], "multiplies inside the function, and not outside"
        for inner, outer in ((product.left, product.right), (product.right, product.left)):
            if isinstance(product.op, ast.Mult):
                text = f"{write_call(place, node, place.read(inner))} * {place.read(outer, PRODUCT + 1)}"
                yield from place.replace(text, "wrong-function", words, 2)


def write_call(place: EditPlace, call: ast.Call, first: str) -> str:
    """Return the text of a call with another first argument."""
    rest = [*map(place.read, call.args[1:]), *map(place.read, call.keywords)]
    return f"{place.read(call.func)}({', '.join([first, *rest])})"


def remove_function(place: EditPlace) -> Iterator[Edit]:
    """f(a) → a."""
    node = place.node
    if not isinstance(node, ast.Call) or place.role not in ("whole", "value", "test"):
        return
    subject = get_subject(node, place.seen)
    if subject is None or len(node.args) > 1 or name_callee(node) in ("copy", "len", "zeros", "zeros_like", "int"):
        return
    low = name_callee(node) in ("astype", "float32", "float16")
    if ACTIVATIONS.search(name_callee(node)):
        words = f"takes `{place.text}` of what is its result already"
        yield from place.replace(place.read(subject), "slope-at-output", words)
        return
    cause = ("low-precision", "rounds to a lower precision") if low else ("wrong-function", "has a function too many")
    if is_method_call(node, place.seen) or not place.read(node.func).endswith(("sum", "mean")):
        body = place.read(subject, ATOM) if isinstance(place.parent, ast.Attribute) else place.read(subject)
        yield from place.replace(body, *cause)
