"""Annotations: the declaration of a parameter in its signature: x: "N D", x: Array("N D", positive()), x: Float[Array,
"N D"], s: float, stride: whole(1, 3), conv_param: {"stride": whole(1, 3), "pad": 1}."""

import re
from inspect import Parameter
from typing import Any

from gradcheck.declaration.domain import Domain, bits, real
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.settings import Choice, Rank, Setting, Whole
from gradcheck.declaration.shape import DeclarationError

UNBOUNDED_INTEGERS = Domain("whole numbers", lambda points, names: points.astype(int), gradient=False)
"""The domain of whole numbers without a declared bound: they have no gradient.  Inference finds the bound."""

TYPE_NAMES = frozenset({"ArrayLike", "Array", "array", "ndarray", "NDArray", "Tensor"})
"""Annotations that name a type even where nothing of that name is imported."""

TYPING_MODULES = frozenset({"types", "typing", "typing_extensions"})
"""The modules of the classes of unions, generics, type variables and similar forms."""

JAXTYPING_PATTERN = re.compile(r"""(?:\w+\.)*(?P<kind>\w+)\[\s*[^"']+,\s*(?P<quote>["'])(?P<shape>.*)(?P=quote)\s*\]""")
INTEGER_KIND_PATTERN = re.compile(r"U?Int\d*|Integer")


def read_annotation(name: str, parameter: Parameter, scope: dict[str, Any]) -> Array | Several | Setting | None:
    """Return the declaration in an annotation; None where it is a type, or there is none.  scope: the globals of its
    module.

    Raises DeclarationError for a text that is no shape.
    """
    note = evaluate_annotation(parameter.annotation, scope)
    if isinstance(note, (Array, Several, Whole, Choice, Rank)):
        return note
    if note is float:
        return Array("")
    try:
        return parse_jaxtyping(note) or parse_shape_annotation(note)
    except DeclarationError as error:
        raise DeclarationError(f"{name}: parameter {parameter.name}: {error}") from None


def evaluate_annotation(note: Any, scope: dict[str, Any]) -> Any:
    """Evaluate the text of an annotation where it is postponed, or names a declaration or a type in the module; return
    any other text, as that of N = 4, unchanged."""
    if not isinstance(note, str):
        return note
    try:
        value = eval(note, dict(scope))  # a copy: what the text assigns is not the module's
    except Exception:  # a shape such as "N D" is no Python
        return note
    return value if is_declaration_or_type(value) else note


def is_declaration_or_type(value: Any) -> bool:
    """Whether a value can be an annotation: a declaration, a dictionary of these, a text, a type, or a form of the
    typing module."""
    plain = value is None or isinstance(value, (Array, Several, Whole, Choice, Rank, dict, str, type))
    return plain or type(value).__module__ in TYPING_MODULES


def parse_shape_annotation(note: Any) -> Array | None:
    """Return the array of a text that is a shape; None for the name of a type."""
    if not isinstance(note, str) or note in TYPE_NAMES or set(note) & set("[]."):
        return None
    return Array(note)


def parse_jaxtyping(note: Any) -> Array | None:
    """Return the array for Float[Array, "N D"], also as text where jaxtyping is imported for the type checker alone;
    else None."""
    if isinstance(note, str):
        match = JAXTYPING_PATTERN.fullmatch(note.strip())
        return declare_jaxtyping_array(match["kind"], match["shape"]) if match else None
    shape = getattr(note, "dim_str", None)
    return None if shape is None else declare_jaxtyping_array(note.__name__.split("[")[0], shape)


def declare_jaxtyping_array(kind: str, shape: str) -> Array:
    """Return the array of a jaxtyping kind and shape."""
    domain = bits() if kind == "Bool" else UNBOUNDED_INTEGERS if INTEGER_KIND_PATTERN.fullmatch(kind) else real()
    return Array(translate_jaxtyping_shape(shape), domain)


def translate_jaxtyping_shape(shape: str) -> str:
    """Translate a jaxtyping shape to the shape language.  Raises DeclarationError for an axis that has no
    counterpart."""
    return " ".join(translate_jaxtyping_axis(word, position, shape) for position, word in enumerate(shape.split()))


def translate_jaxtyping_axis(word: str, position: int, shape: str) -> str:
    """Translate one axis: "rows=3" is 3, "_" any length, "..." any axes.  Source: jaxtyping's documentation,
    "Shape"."""
    word = word.rpartition("=")[2].strip("{}()")
    if word == "...":
        return "*rest"
    if word == "_":
        return f"any_{position}"
    if word.startswith("#"):
        raise DeclarationError(
            f"shape {shape!r}: {word!r} has no counterpart; declare it by Array('*#S'), or give it a name of its own"
        )
    if word.startswith("*_"):
        return "*rest"
    return word.removeprefix("_")
