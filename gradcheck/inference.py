"""Inference: the declaration of a plain pair of functions, from its annotations, an example point, or a short list of
shapes."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.bench import Bench, Malformed, UserError
from gradcheck.case import Case
from gradcheck.domain import Domain, indices
from gradcheck.layout import Counter, draw_layout
from gradcheck.op import Array, Choice, Op, Several, Whole, whole
from gradcheck.search import counted_case
from gradcheck.shape import DeclarationError

Values = np.ndarray[Any, Any]
CANDIDATES: dict[int, tuple[str, ...]] = {
    1: ("N D", "N C H W", "N T D", "N", "N N"),
    2: (
        "N D; D M",
        "N D; N D",
        "N D; D",
        "N D; N D!",
        "N D; N!",
        "N; N",
        "N D; N",
        "N C H W; C",
        "N T!; V D",
        "N C H W; M C K L",
    ),
    3: (
        "N D; D M; M",
        "N D; D; D",
        "N D; N D; N D",
        "N D; D M; N!",
        "N C H W; M C K L; M",
        "N C H W; C; C",
        "N T D; N T D; N T D",
    ),
    4: ("N D; N H; D H; H H", "N D; D H; H; H M", "N D; D; D; D"),
    5: ("N D; N H; D H; H H; H", "N D; D H; H; H M; M", "N D; D; D; D; D"),
    6: ("N D; N H; N H; D 4*H; H 4*H; 4*H",),
}
"""Shapes tried in order; the first that forward runs on everywhere is taken.  "!" marks whole numbers below D."""


TYPE_NAMES = frozenset({"ArrayLike", "Array", "array", "ndarray", "NDArray", "Tensor"})
"""Annotations that name a type even where nothing of that name is imported."""


class NoShapes(Exception):
    """No shapes are known for a plain function; the message says what to write."""


def infer(
    name: str,
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    reference: Callable[..., Any] | None = None,
    at: Sequence[Any] | None = None,
) -> Op:
    """The op of a plain pair: shapes from the annotations, else from the point `at`, else the first candidates that
    run.

    Parameters with defaults keep them, unless they are annotated with whole(…) or choice(…), which makes them
    settings.  Only float64 is judged: a plain function declares no other dtype.  Raises NoShapes where nothing is
    known, DeclarationError where an annotation cannot be read.
    """
    names = parameters(name, forward)
    declared_as: dict[str, Any] = {"settings": settings(forward), "dtypes": ("float64",), "notes": kept(forward)}
    if at is not None:
        return with_outputs(Op(name, forward, backward, reference, inputs=around(name, names, at), **declared_as))
    annotated = {parameter: shape for parameter in names if (shape := annotation(name, forward, parameter)) is not None}
    if len(annotated) == len(names):
        return with_outputs(Op(name, forward, backward, reference, inputs=annotated, **declared_as))
    if annotated:
        missing = ", ".join(n for n in names if n not in annotated)
        raise NoShapes(f'{name}: the shape of {missing} is missing; annotate it as the others, as in {missing}: "N D"')
    for shapes in CANDIDATES.get(len(names), ()):
        op = Op(name, forward, backward, reference, **candidate(names, shapes), **declared_as, inferred=True)
        if fits(op):
            return with_outputs(op)
    raise NoShapes(
        f"{name}: forward({', '.join(names)}) runs on none of the shapes tried; annotate its parameters, as in "
        f'def forward({names[0]}: "N D", …), give parameters that are no arrays a default, or declare it with '
        f'Op(…, inputs={{"{names[0]}": Array("N D")}})'
    )


def parameters(name: str, forward: Callable[..., Any]) -> list[str]:
    """The parameters that are inputs: those without a default."""
    signature = inspect.signature(forward).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in signature):
        raise NoShapes(
            f"{name}: forward takes any number of inputs; declare it with Op(…, inputs={{'xs': Several(Array('N D'))}})"
        )
    names = [p.name for p in signature if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if not names:
        raise NoShapes(f"{name}: forward has no inputs")
    return names


def settings(forward: Callable[..., Any]) -> dict[str, Whole | Choice]:
    """The parameters with a default that are annotated with what else they may be."""
    found = {
        p.name: evaluated(forward, p.annotation)
        for p in inspect.signature(forward).parameters.values()
        if p.default is not p.empty
    }
    return {name: noted for name, noted in found.items() if isinstance(noted, (Whole, Choice))}


def frozen(forward: Callable[..., Any]) -> dict[str, Any]:
    """The parameters that keep their default."""
    varied = settings(forward)
    defaults = {p.name: p.default for p in inspect.signature(forward).parameters.values() if p.default is not p.empty}
    return {name: value for name, value in defaults.items() if name not in varied}


def kept(forward: Callable[..., Any]) -> tuple[str, ...]:
    """A note on the parameters that were not varied."""
    defaults = ", ".join(f"{name}={value!r}" for name, value in frozen(forward).items())
    return (
        (f"kept at their defaults: {defaults}; annotate with whole(…) or choice(…) to vary them",) if defaults else ()
    )


def annotation(name: str, forward: Callable[..., Any], parameter: str) -> Array | Several | None:
    """The shape that an annotation gives: Array("N D"), the text "N D", or float for a number; None where it is a
    type."""
    noted = evaluated(forward, inspect.signature(forward).parameters[parameter].annotation)
    if isinstance(noted, (Array, Several)):
        return noted
    if noted is float:
        return Array("")
    if not isinstance(noted, str) or noted in TYPE_NAMES or set(noted) & set("[]."):
        return None
    try:
        return Array(noted)
    except DeclarationError as error:
        raise DeclarationError(f"{name}: parameter {parameter}: {error}") from None


def evaluated(forward: Callable[..., Any], noted: Any) -> Any:
    """An annotation, its text evaluated where annotations are postponed or it is the name of something in the
    module."""
    if not isinstance(noted, str):
        return noted
    try:
        return eval(noted, forward.__globals__)
    except Exception:  # a shape such as "N D" is no Python
        return noted


def candidate(names: Sequence[str], shapes: str) -> dict[str, Any]:
    """Inputs and sizes of one candidate.  An image is at least as large as a kernel."""
    words = [shape.strip() for shape in shapes.split(";")]
    bound = "V" if "V D" in words else "D"
    inputs = {
        n: Array(w.rstrip("!"), indices(bound)) if w.endswith("!") else Array(w)
        for n, w in zip(names, words, strict=True)
    }
    sizes = {"H": whole("K", None), "W": whole("L", None)} if "M C K L" in words else {}
    return {"inputs": inputs, "sizes": sizes}


class Apart:
    """A Source that makes every axis differ from every other and from one, so that no shape runs by accident."""

    def __init__(self) -> None:
        self.lengths = iter((3, 2, 5, 4, 7, 6, 8, 9, 11, 10, 13, 12))

    def pattern(self, least: int, most: int) -> int:
        """The simplest choice."""
        return least

    def size(self, name: str, least: int, most: int) -> int:
        """A length of its own."""
        return max(least, next(self.lengths))


def trial(op: Op) -> Case:
    """A case of the op with no two axes of the same length."""
    return counted_case(op, draw_layout(op, Apart()), "plain", Counter("inference"))


def fits(op: Op) -> bool:
    """Whether forward runs on the declared shapes; what it returns is for the laws to judge."""
    case = trial(op)
    try:
        Bench(op, case).outputs(case.point)
    except UserError:
        return False
    except Malformed:
        return True
    return True


def count_outputs(op: Op, case: Case) -> int:
    """How many outputs forward has; 1 where that cannot be told."""
    try:
        y = Bench(op, case).call("forward", op.forward, *case.point)
    except UserError:
        return 1
    return len(y[0]) if isinstance(y, tuple) and len(y) == 2 and isinstance(y[0], tuple) else 1


def with_outputs(op: Op) -> Op:
    """The op with as many outputs as forward has."""
    count = count_outputs(op, trial(op))
    return replace(op, outputs=tuple(f"y{i}" for i in range(count))) if count > 1 else op


def around(name: str, names: Sequence[str], at: Sequence[Any]) -> dict[str, Array | Several]:
    """Inputs that lie at and around a point.  Raises NoShapes where the point has another number of arrays than
    forward takes."""
    if len(at) != len(names):
        raise NoShapes(f"{name}: at has {len(at)} arrays, forward takes {len(names)}: {', '.join(names)}")
    arrays = [np.asarray(a) for a in at]
    for n, a in zip(names, arrays, strict=True):
        if a.dtype.kind not in "fiub" or not np.isfinite(a).all():
            raise ValueError(f"{name}: at: {n} must be an array of finite real numbers, not {a.dtype} {a.tolist()}")
    return {n: Array(" ".join(map(str, a.shape)), near(a)) for n, a in zip(names, arrays, strict=True)}


def near(point: Values) -> Domain:
    """The point itself where the grid is zero, and moves of up to a quarter of each element's size, or of the typical
    size, elsewhere."""
    if point.dtype.kind in "iub":
        return Domain("as given", lambda points, names: point, gradient=False)
    exact = np.asarray(point, np.float64)
    typical = float(np.sqrt(np.mean(np.square(exact)))) if exact.size and exact.any() else 1.0
    sizes = np.where(exact == 0, typical / 16, np.abs(exact))
    return Domain("around the point", lambda points, names: exact + sizes * np.clip(points, -4, 4) / 16)
