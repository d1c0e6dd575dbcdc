"""Edits of the subscripts of einsum, and of sums along an axis from its beginning."""

import ast
from collections.abc import Iterator
from itertools import permutations

from gradcheck.causes.edits.edit import ATOM, Edit, EditPlace
from gradcheck.causes.edits.operators.axes import ReductionCall, read_constant_axes
from gradcheck.causes.edits.places import get_subject, name_callee

MOST_SUBSCRIPTS = 4
"""Letters of which all orders are tried."""
RUNNING = ("cumsum", "cumprod")
"""Functions that go from the beginning of an axis to its end."""


def permute_subscripts(place: EditPlace) -> Iterator[Edit]:
    """einsum("ij,jk->ki") → "ij,jk->ik": the letters of the output, or of one input, in another order."""
    node = place.node
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or name_callee(place.parent) != "einsum":
        return
    inputs, arrow, output = node.value.replace(" ", "").partition("->")
    parts, quote = [output, *inputs.split(",")] if arrow else ["", *inputs.split(",")], place.text[-1]
    for k, letters in enumerate(parts):
        if 2 <= len(letters) <= MOST_SUBSCRIPTS and letters.isalpha():
            words = f"has the subscripts {'of its output' if k == 0 else f'`{letters}`'} in the wrong order"
            name = "axes-permuted" if k == 0 and len(letters) > 2 else "transposed"
            for order in permutations(letters):
                changed = ["".join(order) if j == k else part for j, part in enumerate(parts)]
                text = f"{quote}{','.join(changed[1:])}{arrow}{changed[0]}{quote}"
                if "".join(order) != letters:
                    yield from place.replace(text, name, words)


def reverse_running_sum(place: EditPlace) -> Iterator[Edit]:
    """cumsum(a, axis=1) → cumsum(a[:, ::-1], axis=1)[:, ::-1]: from the end to the beginning."""
    node = place.node
    if not isinstance(node, ast.Call) or name_callee(node) not in RUNNING:
        return
    subject, call = get_subject(node, place.seen), ReductionCall.read(place, node)
    axis = read_constant_axes(ast.parse(call.keywords.get("axis", call.axis) or "0", mode="eval").body)
    if subject is None or axis is None or len(axis) != 1 or not -1 <= axis[0] <= 3:
        return
    index = "..., ::-1" if axis[0] < 0 else ", ".join([":"] * axis[0] + ["::-1"])
    turned = f"{place.read(subject, ATOM)}[{index}]"
    given = [call.axis] if call.axis else []
    keywords = [f"{name}={value}" for name, value in call.keywords.items()]
    head = call.head if call.subject else f"{turned}.{name_callee(node)}"
    arguments = ", ".join([*([turned] if call.subject else []), *given, *keywords])
    words = "sums from the beginning, and not from the end"
    yield from place.replace(f"{head}({arguments})[{index}]", "wrong-direction", words)
