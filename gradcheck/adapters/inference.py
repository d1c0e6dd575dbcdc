"""Inference: shapes of undeclared inputs, from an example, a point, or a short list of usual shapes.

A declaration is tried by running forward on it, with a different length for every axis, so that no shape fits by
accident.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from gradcheck.adapters.annotations import UNBOUNDED_INTEGERS
from gradcheck.adapters.missing_gradients import depends_smoothly_on, find_missing_gradients
from gradcheck.adapters.trial_cases import (
    FALLING_LENGTHS,
    MIXED_LENGTHS,
    RISING_LENGTHS,
    draw_trial_case,
    draw_trial_inputs,
)
from gradcheck.arrays import Values
from gradcheck.declaration.domain import Domain, constant, indices, real
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Whole, whole
from gradcheck.declaration.shape import Expression
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.shape_relations import RelationKind
from gradcheck.generation.shape_trials import find_refusals
from gradcheck.process_exit import ProcessExitError
from gradcheck.records.case import Case

Inputs = Mapping[str, Array | Several]
OpFactory = Callable[[Inputs, Mapping[str, Whole]], Op]
"""A function from inputs and the bounds of their sizes to an op."""

CANDIDATE_SHAPES: dict[int, tuple[str, ...]] = {
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
        "N D; ",
    ),
    3: (
        "N D; D M; M",
        "N D; D; D",
        "N D; N D; N D",
        "N D; D M; N!",
        "N C H W; M C K L; M",
        "N C H W; C; C",
        "N T D; N T D; N T D",
        "N D; ; ",
    ),
    4: ("N D; N H; D H; H H", "N D; D H; H; H M", "N D; D; D; D"),
    5: ("N D; N H; D H; H H; H", "N D; D H; H; H M; M", "N D; D; D; D; D"),
    6: ("N D; N H; N H; D 4*H; H 4*H; 4*H",),
}
"""Shapes in the order of trial: the first is chosen on which forward runs and backward returns gradients of these
shapes, else the first on which forward runs.  "!" marks whole numbers below D."""

TARGET_NAMES = frozenset({"y", "t", "target", "targets", "label", "labels", "truth", "y_true"})
"""Names of a last input that has the shape of the prediction which it is compared with."""

CANDIDATE_SHAPES_WITH_TARGET: dict[int, tuple[str, ...]] = {
    3: ("N D; D M; N M", "N D; D; N"),
    4: ("N D; D M; M; N M", "N D; D; ; N"),
}
"""Shapes that are tried first where the last input is a target: one of another shape would only fit by broadcasting."""

AXIS_NAMES = "NDMHKLPQRSTUVW"
"""Names for the axes of examples, in order of appearance."""


class CrashedTrialError(ValueError):
    """Code under test that crashed while an op was made of it: it would have ended the process, or had replaced names
    of NumPy, Python or gradcheck."""


class NoShapes(ValueError):
    """No shapes are known for a plain function; the message says what to write."""


def find_op_on_usual_shapes(names: Sequence[str], make: OpFactory) -> Op:
    """Return the op on the usual shapes that fit best; an input on which the output depends smoothly, and for which
    backward returns None, is real and constant.  Shapes that forward refuses for some lengths come behind those that it
    always accepts, and before those for which backward returns other ones.  Raises NoShapes with forward's error where
    no shape fits."""
    errors, running, sometimes = [], [], []
    for shapes in list_candidates(names):
        inputs, sizes = parse_candidate(names, shapes)
        op = make(inputs, sizes)
        if reason := find_forward_error(op, MIXED_LENGTHS) or find_forward_error(op, RISING_LENGTHS):
            errors.append(reason)
            sometimes += [op] * returns_gradients_sometimes(op)
        elif constants := find_constant_inputs(names, inputs, sizes, make, op):
            op = make({n: declare_constant(a) if n in constants else a for n, a in inputs.items()}, sizes)
            if returns_gradients(op):
                return op
            running.append(op)
        elif returns_gradients(op):
            return op
        else:
            running.append(op)
    if not running and not sometimes:
        raise NoShapes(errors[0] if errors else f"{len(names)} inputs are more than anybody guesses")
    return next(iter([*sometimes, *running]))


def list_candidates(names: Sequence[str]) -> tuple[str, ...]:
    """Return the shapes to try for inputs of these names."""
    with_target = CANDIDATE_SHAPES_WITH_TARGET if names[-1].lower() in TARGET_NAMES else {}
    return (*with_target.get(len(names), ()), *CANDIDATE_SHAPES.get(len(names), ()))


def find_constant_inputs(
    names: Sequence[str], inputs: Mapping[str, Array], sizes: Mapping[str, Whole], make: OpFactory, op: Op
) -> list[str]:
    """Return the inputs of a candidate for which backward returns None, though the output depends smoothly on them as
    real numbers; an empty list where one of them does not, as labels."""
    real_op = op if all(a.differentiable for a in inputs.values()) else make(declare_all_real(inputs), sizes)
    if real_op is not op and not runs_forward(real_op, MIXED_LENGTHS, RISING_LENGTHS):
        return []
    missing = [n for n in find_missing_gradients(real_op) if n in names]
    return missing if all(depends_smoothly_on(real_op, n) for n in missing) else []


def declare_all_real(inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Return inputs of the same shapes, all of real numbers."""
    return {n: Array(a.shape) for n, a in inputs.items()}


def declare_constant(array: Array) -> Array:
    """Return an input of the same shape, of real numbers without a gradient."""
    return Array(array.shape, constant())


def returns_gradients_sometimes(op: Op) -> bool:
    """Whether backward returns a gradient of its shape for every input where forward runs, which is for more than one
    length of an axis and not where two lengths are equal: these fit by accident."""
    if not any(returns_gradients(op, lengths) for lengths in (MIXED_LENGTHS, RISING_LENGTHS)):
        return False
    relations = find_refusals(op).relations
    return bool(relations) and all(relation.kind is not RelationKind.EQUAL for relation in relations)


def returns_gradients(op: Op, lengths: Sequence[int] = MIXED_LENGTHS) -> bool:
    """Whether backward returns a gradient of its shape for every input."""
    case = draw_trial_case(op, lengths)
    if not case.upstream:
        return False
    try:
        Evaluator(op, case).gradients(case.point, case.upstream)
    except (UserError, Malformed):
        return False
    return True


def parse_candidate(names: Sequence[str], shapes: str) -> tuple[dict[str, Array], dict[str, Whole]]:
    """Return inputs and sizes of one candidate.  An image is at least as large as a kernel."""
    words = [shape.strip() for shape in shapes.split(";")]
    bound = "V" if "V D" in words else "D"
    inputs = {
        n: Array(w.rstrip("!"), indices(bound)) if w.endswith("!") else Array(w)
        for n, w in zip(names, words, strict=True)
    }
    return inputs, {"H": whole("K", None), "W": whole("L", None)} if "M C K L" in words else {}


def runs_forward(op: Op, *lengths: Sequence[int]) -> bool:
    """Whether forward runs on the declared shapes with these lengths; its results are checked by the laws."""
    return not any(find_forward_error(op, some) for some in lengths or (MIXED_LENGTHS,))


def find_forward_error(op: Op, lengths: Sequence[int]) -> str:
    """Return forward's error on the declared shapes with these lengths; "" where it runs."""
    return find_error_in_case(op, draw_trial_inputs(op, lengths))


def find_error_on_examples(op: Op, examples: Mapping[str, Values]) -> str:
    """Return forward's error on examples of all inputs; "" where it runs."""
    return find_error_in_case(op, replace(draw_trial_inputs(op), inputs=examples))


def find_error_in_case(op: Op, case: Case) -> str:
    """Return forward's error in a case; "" where it runs.  Its results are checked by the laws.  Raises
    CrashedTrialError where it would have ended the process."""
    try:
        Evaluator(op, case).outputs(case.point)
    except UserError as error:
        if isinstance(error.__cause__, (ProcessExitError, SystemExit)):
            raise CrashedTrialError(str(error)) from error
        return str(error)
    except Malformed:
        pass
    return ""


def infer_index_bounds(
    inputs: Inputs, make: Callable[[Inputs], Op], largest: Mapping[str, int] | None = None
) -> Inputs:
    """Return the inputs with whole numbers without a bound declared as indices into the first axis for whose last index
    forward runs, or bounded by the largest example.  Raises NoShapes where none fits."""
    waiting = [n for n, a in inputs.items() if isinstance(a, Array) and a.domain is UNBOUNDED_INTEGERS]
    for name in waiting:
        bounds = list_axes([a for n, a in inputs.items() if n not in waiting])
        bounds += [str(largest[name] + 1)] if largest else []
        fitting = (
            b
            for b in bounds
            if runs_forward(
                make(replace_domain(inputs, name, make_last_index_domain(b))), RISING_LENGTHS, FALLING_LENGTHS
            )
        )
        bound = next(fitting, None)
        if bound is None:
            raise NoShapes(
                f"{name} holds whole numbers, and no bound fits; give it one, as in {name}=Array('N', indices('C')), "
                "or indices(10)"
            )
        inputs = replace_domain(inputs, name, indices(bound))
    return inputs


def replace_domain(inputs: Inputs, name: str, domain: Domain) -> Inputs:
    """Return the inputs with another domain for one of them."""
    array = inputs[name]
    assert isinstance(array, Array)
    return {**inputs, name: replace(array, domain=domain)}


def make_last_index_domain(bound: str) -> Domain:
    """Return a domain that contains only the last index."""
    domain, most = indices(bound), Expression(bound)
    return replace(domain, map=lambda points, names: np.full(points.shape, most.value(names) - 1))


def list_axes(arrays: Sequence[Array | Several]) -> list[str]:
    """Return the axes, the last of each array first, since that is where classes are counted."""
    words = [[axis.text for axis in a.axes if axis.kind == "size"] for a in arrays if isinstance(a, Array)]
    return list(dict.fromkeys([*(w[-1] for w in words if w), *(name for w in words for name in w)]))


def build_op_around_examples(examples: Mapping[str, Values], declared: Inputs, make: OpFactory) -> Op:
    """Return the op whose inputs vary around examples: axes of one length share a name, and vary where forward allows
    it."""
    lengths = dict.fromkeys(length for a in examples.values() for length in a.shape if length > 1)
    largest = {n: int(a.max(initial=0)) for n, a in examples.items() if a.dtype.kind in "iu"}

    def op(free: Mapping[int, str]) -> Op:
        inputs = {**{n: declare_like_example(a, free) for n, a in examples.items()}, **declared}
        return make(infer_index_bounds(inputs, lambda some: make(some, {}), largest), {})

    free: dict[int, str] = {}
    for length, name in zip(lengths, AXIS_NAMES, strict=False):
        if is_runnable(partial(op, {**free, length: name})):
            free[length] = name
    return op(free)


def is_runnable(make: Callable[[], Op]) -> bool:
    """Whether an op can be made, and its forward runs."""
    try:
        return runs_forward(make(), RISING_LENGTHS, FALLING_LENGTHS)
    except NoShapes:
        return False


def declare_like_example(example: Values, free: Mapping[int, str]) -> Array:
    """Return an array of real or whole numbers, with these names for lengths that vary.  Whole numbers that are
    negative or 0-d, and truth values, are fixed."""
    lengths = [str(length) for length in example.shape]
    if example.dtype.kind == "b" or (example.dtype.kind != "f" and (not lengths or example.min(initial=0) < 0)):
        return Array(" ".join(lengths), make_constant_domain(example))
    shape = " ".join(free.get(length, str(length)) for length in example.shape)
    return Array(shape, real() if example.dtype.kind == "f" else UNBOUNDED_INTEGERS)


def declare_around_point(name: str, names: Sequence[str], at: Sequence[Any]) -> dict[str, Array]:
    """Return inputs at and around a point.  Raises NoShapes where the point has another number of arrays than forward
    takes."""
    if len(at) != len(names):
        raise NoShapes(f"{name}: at has {len(at)} arrays, forward takes {len(names)}: {', '.join(names)}")
    arrays = [np.asarray(a) for a in at]
    for n, a in zip(names, arrays, strict=True):
        check_example(f"{name}: at: {n}", a)
    return {n: Array(" ".join(map(str, a.shape)), make_domain_around(a)) for n, a in zip(names, arrays, strict=True)}


def check_example(label: str, a: Values) -> None:
    """Raise ValueError for an array that contains anything but finite real numbers."""
    if a.dtype.kind not in "fiub" or not np.isfinite(a).all():
        raise ValueError(f"{label} must be an array of finite real numbers, not {a.dtype} {a.tolist()}")


def make_domain_around(point: Values) -> Domain:
    """Return a domain that is the point itself where the grid is zero, and elsewhere moves of up to a quarter of each
    element's size, or a sixty-fourth of the typical size for a zero."""
    if point.dtype.kind in "iub":
        return make_constant_domain(point)
    exact = np.asarray(point, np.float64)
    typical = float(np.sqrt(np.mean(np.square(exact)))) if exact.size and exact.any() else 1.0
    has_zeros = not exact.all()

    def move(points: Values, names: Mapping[str, int]) -> Values:
        sizes = np.where(exact == 0, typical / 16, np.abs(exact)) if has_zeros else np.abs(exact)
        moved = np.asarray(np.clip(points, -4, 4) * sizes)
        moved /= 16
        moved += exact
        return moved

    return Domain("around the point", move)


def make_constant_domain(point: Values) -> Domain:
    """Return the domain that contains only these whole numbers."""
    return Domain("as given", lambda points, names: point, gradient=False)
