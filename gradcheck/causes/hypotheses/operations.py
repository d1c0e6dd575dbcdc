"""Hypotheses of one operation of the forward whose derivative is another: held constant, counted twice, without the
slope of its function, not summed.

The changed derivative is taken along a few directions by running the forward with that operation changed.  A gradient
that agrees along all of them is taken for the claimed one: directions are drawn at random.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import combinations, islice
from typing import Any

import numpy as np

from gradcheck.arrays import Values, flat
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.generality import is_of_operation, measure_generality
from gradcheck.causes.hypotheses.coefficients import (
    find_formulas,
    list_coefficients,
    measure_plain_lengths,
)
from gradcheck.causes.setting_names import LARGEST_EPS, is_share_of_dropout
from gradcheck.causes.spot_text import SpotText, find_extent, read_spot
from gradcheck.causes.watched_forward import (
    MOST_CALLERS,
    Change,
    Operation,
    Spot,
    WatchedForward,
    find_memory_owner,
    watch_forward,
)
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.oracles.finite_differences.directions import measure_typical_size, round_down_to_power_of_two
from gradcheck.oracles.monte_carlo import measure_largest_of

MOST_SPOTS = 48
"""Places in the source whose operations are changed."""

MOST_SUMS = 6
"""Sums over axes of which any two are held constant together."""

MOST_VARIABLES = 12
"""Arrays with a name in one function that may stand for another."""

MOST_WORK = 2**16
"""Operations that all changed runs of a case have together, after which no further change is tried: about a second."""

COMPARED_DIRECTIONS = 4
"""Directions along which a changed derivative is compared."""

DIFFERENCE_STEP = 2.0**-16
"""The step of a centered difference of float64, for inputs up to one: its square and the rounding divided by it are
both 1e-10."""

WIDER = 8.0
"""How much longer the second step is, by which it is seen how far the first may be off."""

LONGEST_DIRECTION = 1.0
"""The largest element of a direction: a step of more is long for an exponential, however large the input is."""

TOLERANCE = 1e-7
"""The part of the sizes of a derivative by which it may differ: a thousand times what the step leaves."""

COARSEST = 1e-4
"""The part of them that is too much to tell anything."""

REGULARISERS = re.compile(r"\b(reg\w*|lam\w*|l2\w*|weight_decay|wd|decay|alpha|beta)\b", re.IGNORECASE)
"""Names that people give to the strength of a regularisation."""

SMOOTH_UNARY = frozenset(
    {"exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "square", "tanh", "sin", "cos", "tan", "sinh", "cosh"}
    | {"arctan", "arcsin", "arccos", "arcsinh", "arctanh", "reciprocal", "absolute", "cbrt", "exp2"}
)
"""Functions of one variable whose slope may be forgotten."""

BENDS = frozenset({"maximum", "minimum", "clip", "where", "fmax", "fmin"})
"""Functions that pass an operand on where a condition holds."""

CURVED = SMOOTH_UNARY | {"power"}
"""Functions by which the slope of an expression differs between its value and its argument."""

SLOPED = CURVED | BENDS | {"divide", "true_divide"}
"""Functions by which an expression has a slope to speak of, and is no sum or product alone."""

SUMS = frozenset({"add.reduce", "matmul", "dot", "einsum", "vdot", "inner"})
"""Functions whose result is a sum over an axis."""

ON_THE_WAY_TO_A_DIVISOR = frozenset({"sqrt", "add", "power", "square", "maximum", "absolute", "log", "reciprocal"})
"""What is done to a sum, or a norm, before something is divided by it."""

NAMES_OF_TARGETS = frozenset({"y", "t", "target", "targets", "label", "labels", "Y"})
"""Names that people give to what is to be predicted, which is no mask where it is zero or one."""


@dataclass(frozen=True)
class Direction:
    """Two points on both sides of the input, the length of the way between them, and the derivatives along it: of
    backward, and the right one, within a tolerance."""

    ends: tuple[Values, Values]
    length: float
    claimed: float
    right: float
    size: float
    tolerance: float = 0.0

    def widen(self) -> "Direction":
        """Return the direction with its points WIDER times as far apart."""
        center, half = (self.ends[0] + self.ends[1]) / 2, WIDER * (self.ends[0] - self.ends[1]) / 2
        return replace(self, ends=(center + half, center - half), length=WIDER * self.length)


Changes = Mapping[Spot, Change]

Made = tuple[Spot, Operation]
"""An operation, and where it stands."""


@dataclass(frozen=True)
class OperationView:
    """The operations of a case that input i takes part in, and the directions along which they are looked at.

    idle: what is held constant in every run: a maximum that is subtracted, through which nothing flows in the end.
    """

    case: WrongCase
    forward: WatchedForward
    directions: tuple[Direction, ...]
    idle: Changes = field(default_factory=dict)
    known: dict[tuple[tuple[Spot, ...], str, int], float | None] = field(default_factory=dict)

    @cached_property
    def makers(self) -> Mapping[int, list[Made]]:
        """The operations that made each array, by the identity of its memory, and where they stand."""
        found = defaultdict[int, list[Made]](list)
        for spot, row in self.forward.seen.items():
            for operation in row:
                found[id(find_memory_owner(operation.made))].append((spot, operation))
        return found

    @cached_property
    def divisors(self) -> frozenset[int]:
        """The arrays from which a divisor comes that is a sum or a norm, or the logarithm of one that is subtracted, as
        that of a softmax, each by the identity of its memory."""
        starts = list[Any]()
        for o in (o for row in self.forward.seen.values() for o in row if len(o.given) > 1):
            makers = self.makers.get(id(o.given[1]), [])
            is_logarithm = o.function == "subtract" and any(self.comes_from_logarithm(m) for _, m in makers)
            if o.function in ("divide", "true_divide") or is_logarithm:
                starts.append(o.given[1])
        chains = [self.follow_to_sum(start) for start in starts]
        return frozenset(one for chain in chains for one in chain)

    def comes_from_logarithm(self, operation: Operation) -> bool:
        """Whether an operation is a logarithm, or adds something to one."""
        before = [m.function for g in operation.given for _, m in self.makers.get(id(g), [])]
        return operation.function == "log" or (operation.function == "add" and "log" in before)

    def follow_to_sum(self, start: Any) -> list[int]:
        """Return the arrays from which another one comes, up to a sum; none where there is no sum."""
        waiting, chain, has_sum = [start], list[int](), False
        while waiting:
            one = waiting.pop()
            if id(one) in chain:
                continue
            chain.append(id(one))
            for _, maker in self.makers.get(id(one), []):
                has_sum |= maker.function in SUMS
                is_scaled = maker.function in ("divide", "true_divide", "multiply") and np.ndim(maker.operands[-1]) == 0
                if maker.function in ON_THE_WAY_TO_A_DIVISOR or is_scaled:
                    waiting += [g for g in maker.given if isinstance(g, np.ndarray)]
        return chain if has_sum else []

    @property
    def tells_wrong(self) -> bool:
        """Whether the claimed gradient differs from the right one by more than can be seen along some direction."""
        return any(abs(d.claimed - d.right) > 4 * d.tolerance for d in self.directions)

    def differentiate(self, name: str, changes: Changes, k: int) -> float | None:
        """Return the derivative along direction k with the operations at some spots changed, computed once for each
        name of a change; None where the code then takes another course, or enough was tried."""
        key = tuple(changes), name, k
        if key not in self.known and 2 * self.forward.size * len(self.known) > MOST_WORK:
            return None
        if key not in self.known:
            every = {**self.idle, **changes}
            self.known[key] = take_changed_derivative(self.case, self.forward, self.directions[k], every)
        return self.known[key]

    def reproduces(self, name: str, changes: Changes) -> bool:
        """Whether backward claims the derivative with the operations at some spots changed, along all directions."""
        return self.comes_to(name, changes, [direction.claimed for direction in self.directions])

    def comes_to(self, name: str, changes: Changes, wanted: Sequence[float]) -> bool:
        """Whether the derivative with the operations at some spots changed is the wanted one, along all directions."""
        for k, direction in enumerate(self.directions):
            found = self.differentiate(name, changes, k)
            if found is None or not self.is_near(name, changes, k, found - wanted[k], direction.tolerance):
                return False
        return True

    def is_near(self, name: str, changes: Changes, k: int, gap: float, tolerance: float) -> bool:
        """Whether a gap between a changed derivative and a wanted one is within a tolerance, or within what the steps
        leave open where these are too long or too short for the changed function."""
        size = self.directions[k].size
        if abs(gap) <= tolerance or not abs(gap) <= COARSEST * size:
            return abs(gap) <= tolerance
        every = {**self.idle, **changes}
        wider = take_changed_derivative(self.case, self.forward, self.directions[k].widen(), every)
        found = self.differentiate(name, changes, k)
        if wider is None or found is None or abs(wider - found) > COARSEST * size:
            return False
        return abs(gap) <= tolerance + 4 * abs(wider - found)


def take_changed_derivative(
    case: WrongCase, forward: WatchedForward, direction: Direction, changes: Changes
) -> float | None:
    """Return the derivative of the upstream times the outputs along a direction of the input, with the operations at
    some spots changed."""
    ahead, behind = (forward.run(x, changes) for x in direction.ends)
    if ahead is None or behind is None:
        return None
    with np.errstate(all="ignore"):
        moved = (flat(ahead) - flat(behind)) / direction.length
    return float(flat(case.upstream) @ moved) if np.isfinite(moved).all() else None


def view_operations(case: WrongCase, i: int) -> OperationView | None:
    """Watch the forward of a case, and choose directions; None where it cannot be watched, or tells nothing."""
    claimed, x = case.claimed[i], case.inputs[i]
    if claimed is None or claimed.shape != x.shape or not np.isfinite(claimed).all() or x.dtype.kind != "f":
        return None
    forward = watch_forward(case.evaluator, i)
    if forward is None or not forward.seen:
        return None
    directions = [measure_direction(case, forward, v) for v in choose_directions(case, i)]
    usable = tuple(d for d in directions if d is not None)
    if len(usable) < COMPARED_DIRECTIONS:
        return None
    view = OperationView(case, forward, usable)
    return replace(view, idle=find_idle_maxima(view), known={})


def find_idle_maxima(view: OperationView) -> dict[Spot, Change]:
    """Find the maxima through which nothing flows in the end, as those that are subtracted before exponentials are
    taken: holding them constant changes no derivative."""
    right = [direction.right for direction in view.directions]
    spots = [spot for spot, row in view.forward.seen.items() if row[0].function in ("maximum.reduce", "minimum.reduce")]
    return {spot: hold_result for spot in spots if view.comes_to("result", {spot: hold_result}, right)}


def choose_directions(case: WrongCase, i: int) -> Iterator[Values]:
    """Yield the directions: normal numbers, of the sizes of the elements."""
    x, rng = case.inputs[i], case.case.rng(f"operations {i}")
    size = np.minimum(np.where(x == 0, measure_typical_size(x), np.abs(x)), LONGEST_DIRECTION)
    for _ in range(COMPARED_DIRECTIONS):
        yield size * rng.choice([-1.0, 1.0], x.shape) * rng.uniform(0.5, 1.0, x.shape)


def measure_direction(case: WrongCase, forward: WatchedForward, v: Values) -> Direction | None:
    """Measure the derivatives along a direction; None where differences along it are too coarse."""
    claimed, right, x = case.claimed[forward.i], case.expected(forward.i), case.inputs[forward.i]
    assert claimed is not None
    step = DIFFERENCE_STEP / round_down_to_power_of_two(max(1.0, measure_largest_of(case.inputs)))
    ends, length = (x + step * v, x - step * v), 2 * step
    v = (ends[0] - ends[1]) / length  # as far as the rounded points lie apart
    size = float(np.sum(np.abs(claimed * v)) + np.sum(np.abs(right.value * v)))
    direction = Direction(ends, length, float(np.sum(claimed * v)), float(np.sum(right.value * v)), size)
    run = take_changed_derivative(case, forward, direction, {})
    if run is None or not np.isfinite(right.error).all():
        return None
    tolerance = 8 * (abs(run - direction.right) + float(np.sum(right.error * np.abs(v)))) + TOLERANCE * size
    return replace(direction, tolerance=tolerance) if tolerance <= COARSEST * size or not size else None


def hold_result(before: Operation, now: Operation, round: int) -> Any:
    """Hold the result of an operation constant."""
    return before.result


def hold_operand(k: int) -> Change:
    """Hold one operand of an operation constant."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        return compute(now, k, before.operands[k])

    return change


def hold_rounds(kept: int) -> Change:
    """Hold the result of an operation constant in all rounds but one."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        return now.result if round == kept else before.result

    return change


def compute(operation: Operation, k: int, operand: Any) -> Any:
    """Compute an operation with another operand."""
    operands = [*operation.operands[:k], operand, *operation.operands[k + 1 :]]
    return operation.apply(*operands, **operation.settings)


def move_operand(before: Operation, now: Operation, k: int) -> Any:
    """Return by how much an operand has moved."""
    return np.asarray(now.operands[k]) - before.operands[k]


def pass_on(k: int) -> Change:
    """Pass an operand on as if the operation had the slope one."""
    return lambda before, now, round: compute(now, k, before.operands[k]) + move_operand(before, now, k)


def pass_on_at_result(before: Operation, now: Operation, round: int) -> Any:
    """Take the slope of a function at its own value."""
    at_result = before.apply(before.result + move_operand(before, now, 0), **before.settings)
    return before.result + at_result - before.apply(before.result, **before.settings)


def pass_on_times_result(before: Operation, now: Operation, round: int) -> Any:
    """Take the value of a function for its slope."""
    return before.result + before.result * move_operand(before, now, 0)


def invert_factor(k: int) -> Change:
    """Multiply where it must be divided, or the reverse, on the way back to operand k of a product or quotient."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        other, moved = before.operands[1 - k], move_operand(before, now, k)
        return compute(now, k, before.operands[k]) + (moved / other if now.function == "multiply" else moved * other)

    return change


def repeat_factor(k: int) -> Change:
    """Apply the other factor twice on the way back to operand k of a product or quotient."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        other, moved = before.operands[1 - k], move_operand(before, now, k)
        power = other * other if now.function == "multiply" else 1 / (other * other)
        return compute(now, k, before.operands[k]) + moved * power

    return change


def leave_unsummed(before: Operation, now: Operation, round: int) -> Any:
    """Leave out the sum: each element moves its own share alone."""
    if now.function != "add.reduce":
        return now.result
    return before.result + move_operand(before, now, 0)


def turn_around(before: Operation, now: Operation, round: int) -> Any:
    """Let a running sum go the other way."""
    moved = np.flip(move_operand(before, now, 0))
    return before.result + np.flip(now.apply(moved, *now.operands[1:], **now.settings))


def propose_changed_operations(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the derivative of one operation of the forward is another one."""
    view = view_operations(case, i)
    claimed = case.claimed[i]
    if claimed is None:
        return
    if view is None or (case.is_wrong(i) and not view.tells_wrong):
        yield from (Hypothesis(cause, claimed, is_tried=False) for cause in list_own_suspects(case))
        return
    spots = {spot: text for spot in view.forward.seen if (text := read_spot(spot)) is not None}
    spots = dict(islice(spots.items(), MOST_SPOTS))
    found = [*find_scaled_paths(view, spots), *find_constant_groups(view, spots), *find_other_slopes(view, spots)]
    found += [*find_slopes_of_expressions(view, spots), *find_counted_maxima(view, spots)]
    if not found or not set(list_own_suspects(case)) <= set(found):
        found += find_other_variables(view, spots)
    if has_tied_maximum(view):
        counted = (cause for cause in list_own_suspects(case) if cause.name == "max-counted")
        yield from (Hypothesis(cause, claimed, is_tried=False) for cause in counted)
    ordered = sorted(found, key=partial(measure_distance, place_expressions(spots)))
    yield from (Hypothesis(cause, claimed) for cause in ordered)


def list_own_suspects(case: WrongCase) -> list[Cause]:
    """List the suspects that are operations: where a case cannot be looked at, it refutes none of these."""
    return [cause for cause in case.suspects or () if isinstance(cause, Cause) and is_of_operation(cause)]


def place_expressions(spots: Mapping[Spot, SpotText]) -> dict[str, float]:
    """Return how late each operation runs, and each call, which is over once all that it does is done, by how these are
    told."""
    places = dict[str, float]()
    for k, (spot, text) in enumerate(spots.items()):
        places[text.where] = k
        for depth, call in enumerate(list_calls(spot)):
            called = read_spot(call)
            if called is not None:
                places[called.where] = k + (depth + 1) / (MOST_CALLERS + 2)
    return places


def measure_distance(places: Mapping[str, float], cause: Cause) -> tuple[int, bool, float, int]:
    """Measure how late a cause is named: by how little it says, then by how far from the output the last operation is
    that it tells, since of a chain of operations that come to the same a person reads the outermost as one; a result
    comes before an operand, and the shorter words before the longer."""
    last = max((place for where, place in places.items() if where in cause.words), default=-1.0)
    is_operand = any(f"` in {where}" in cause.words for where in places)
    return measure_generality(cause), is_operand, -last, len(cause.words)


def find_scaled_paths(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have one way back missing or scaled."""
    coefficients = {"0": 0.0, **list_coefficients(view.case)}
    coefficients.pop("1")
    for spot, text in spots.items():
        for path in list_paths(view, spot, text):
            yield from fit_path(view, spot, path, coefficients)


def find_constant_groups(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have two or all sums over axes constant, as the mean and the variance."""
    right = [direction.right for direction in view.directions]
    sums = [s for s in spots if view.forward.seen[s][0].function == "add.reduce" and s not in view.idle][:MOST_SUMS]
    sums = [s for s in sums if not view.comes_to("result", {s: hold_result}, right)]
    for group in dict.fromkeys([*combinations(sums, 2), tuple(sums)]):
        if len(group) < 2:
            continue
        names = " and ".join(spots[spot].where for spot in group)
        words = f"{names} are held constant: their gradients are missing"
        kinds = {name_result(view, spot, spots[spot]) for spot in group}
        name = "statistics-constant" if kinds & {"mean-constant", "variance-constant"} else "path-missing"
        cause = Cause(name, words, "Add the gradients that flow back through them.")
        if view.case.is_left(cause) and view.reproduces("result", dict.fromkeys(group, hold_result)):
            yield cause


def find_counted_maxima(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield that the gradient through a maximum is counted that cancels out: one of the two uses of it is left out."""
    free = replace(view, idle={}, known={})
    made = {id(find_memory_owner(o.made)) for spot in view.idle for o in view.forward.seen[spot]}
    for spot, text in spots.items():
        operations = view.forward.seen[spot]
        for k, operand in enumerate(text.operands if operations[0].function in BINARY else ()):
            uses = k < len(operations[0].given) and any(id(o.given[k]) in made for o in operations)
            counted = "the gradient through a maximum is counted that cancels out"
            words = f"{counted}: that of `{operand}` in {text.where} is missing"
            cause = Cause("max-counted", words, "Leave the maximum out: nothing flows back through it in the end.")
            if uses and view.case.is_left(cause) and free.reproduces(f"operand {k}", {spot: hold_operand(k)}):
                yield cause


def has_tied_maximum(view: OperationView) -> bool:
    """Whether a maximum through which nothing flows is reached by several elements, of which backward may count all."""
    rows = [o for spot in view.idle for o in view.forward.seen[spot]]
    axes = [o.operands[1] if len(o.operands) > 1 else o.settings.get("axis") for o in rows]
    reached = [o.operands[0] == o.apply(o.operands[0], axis, keepdims=True) for o, axis in zip(rows, axes, strict=True)]
    return any(np.sum(mask) > o.result.size for o, mask in zip(rows, reached, strict=True))


def find_other_slopes(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have another slope in place of that of one operation."""
    for spot, text in spots.items():
        for name, change, cause in list_slopes(view, spot, text):
            if view.case.is_left(cause) and view.reproduces(name, {spot: change}):
                yield cause


def find_other_variables(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have an array with a name as a factor too many of a way back, or in place of another
    factor."""
    for spot, text in spots.items():
        for name, a in list_variables(view, spot):
            for path in list_paths(view, spot, text, one_kind=True):
                through = path.describe("0").words.partition("through ")[2].partition(" is missing")[0]
                for verb, factor in (("multiplied", a), ("divided", invert(a))):
                    words = f"the gradient through {through} is {verb} by `{name}`"
                    cause = Cause("factor-extra", words, f"Leave out the factor `{name}`.")
                    change = {spot: scale_path(path.hold, factor)}
                    if through and view.case.is_left(cause) and view.reproduces(f"{path.name}, {words}", change):
                        yield cause
            yield from find_replaced_factors(view, spot, text, name, a)


def find_replaced_factors(view: OperationView, spot: Spot, text: SpotText, name: str, a: Values) -> Iterator[Cause]:
    """Yield that an array with a name, as it is or in another order, stands in place of the other factor of a
    product."""
    operations = view.forward.seen[spot]
    function = operations[0].function
    if function not in ("multiply", "divide", "matmul", "dot") or len(text.operands) != 2:
        return
    for k in (0, 1) if function != "divide" else (0,):
        right = text.operands[1 - k]
        for kind, used, b in [("wrong-variable", f"`{name}`", a), *list_orders(name, a)]:
            fits = all(np.shape(o.operands[1 - k]) == b.shape for o in operations) and used != f"`{right}`"
            is_own = right in (name, f"{name}.T")
            lost = find_other_factor(right, name)
            words = f"{used} is used in place of `{right}` in {text.where}"
            cause = Cause(
                kind if is_own else "wrong-variable", words, f"Use `{right}`, in the order in which the forward does."
            )
            if lost:
                words = f"the factor `{lost}` of `{right}` in {text.where} is missing"
                cause = Cause("factor-missing", words, f"Multiply by `{lost}`.")
            if fits and view.case.is_left(cause) and view.reproduces(f"{k}, {used}", {spot: use_other(k, b)}):
                yield cause


def find_other_factor(product: str, factor: str) -> str:
    """Return what else the product of an expression is made of; "" where it is no product with that factor."""
    node = ast.parse(product, mode="eval").body if is_expression(product) else None
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return ""
    sides = [ast.unparse(node.left), ast.unparse(node.right)]
    return sides[1 - sides.index(factor)] if factor in sides else ""


def is_expression(text: str) -> bool:
    """Whether a text is an expression of Python, and not one that was shortened."""
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def list_orders(name: str, a: Values) -> Iterator[tuple[str, str, Values]]:
    """Yield an array in other orders: the name of the cause, how it is written, and its values."""
    yield "transposed", f"`{name}.T`", a.T
    if a.ndim and a.shape[-1] > 1:
        yield "axis-reversed", f"`{name}[..., ::-1]`", a[..., ::-1]
    if a.ndim and a.shape[-1] % 2 == 0:
        half = a.shape[-1] // 2
        yield "axis-shifted", f"`{name}` with the halves of its last axis exchanged", np.roll(a, half, axis=-1)


def list_variables(view: OperationView, spot: Spot) -> Iterator[tuple[str, Values]]:
    """Yield the arrays that have a name in the function that an operation stands in, and their sums over an axis, by
    how they are written."""
    for name, a in islice(view.forward.variables.get(spot.code, {}).items(), MOST_VARIABLES):
        yield name, a
        if a.ndim > 1:
            yield from ((f"{name}.sum(axis={k})", a.sum(axis=k)) for k in range(a.ndim))


def invert(a: Values) -> Values:
    """Return the reciprocals of an array."""
    with np.errstate(all="ignore"):
        return np.asarray(1 / a)


def scale_path(hold: Change, factor: Values) -> Change:
    """Multiply what flows through a way back by an array."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        held = hold(before, now, round)
        return held + (now.made - held) * factor

    return change


def use_other(k: int, other: Values) -> Change:
    """Use another array for the other factor on the way back to operand k."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        moved = move_operand(before, now, k)
        operands = (moved, other) if k == 0 else (other, moved)
        return compute(now, k, before.operands[k]) + now.apply(*operands, **now.settings)

    return change


def find_slopes_of_expressions(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have another slope for a whole expression of several operations, as 1/(1 + exp(-z)), or
    for a call of a function."""
    for parts, where in list_expressions(view, spots):
        detour, slope = DetouredSlope(parts[0], parts[-1]), f"the slope of {where}"
        missing = Cause("slope-missing", f"{slope} is missing", "Multiply by the derivative.")
        if view.case.is_left(missing) and view.reproduces("whole", detour.skip()):
            yield missing
        words = f"{slope} is taken at its value and not at its argument"
        at_output = Cause("slope-at-output", words, "Evaluate it at the argument.")
        if view.case.is_left(at_output) and does_any(view, parts, CURVED):
            changes = detour.evaluate_at_result(view)
            if changes and view.reproduces("whole at result", changes):
                yield at_output


def list_expressions(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[tuple[list[Spot], str]]:
    """Yield the operations of each expression of several that has a slope to speak of, and where it stands: those are
    no sums and products alone."""
    seen = view.forward.seen
    for outer, text in spots.items():
        parts = [spot for spot in seen if is_part(spot, outer)]
        if parts and does_any(view, [*parts, outer], SLOPED) and is_elementwise(seen[parts[0]], seen[outer]):
            yield [*parts, outer], text.where
    for call in dict.fromkeys(call for spot in seen for call in list_calls(spot)):
        inside = [spot for spot in seen if call in list_calls(spot)]
        called = read_spot(call)
        first, last = seen[inside[0]], seen[inside[-1]]
        if len(inside) > 1 and called is not None and does_any(view, inside, SLOPED) and is_elementwise(first, last):
            yield inside, called.where


def does_any(view: OperationView, spots: Sequence[Spot], functions: frozenset[str]) -> bool:
    """Whether some of the operations is one of these functions."""
    return any(view.forward.seen[spot][0].function in functions for spot in spots)


def list_calls(spot: Spot) -> list[Spot]:
    """List the calls that lead to a spot, as spots."""
    return [Spot(code, offset, spot.callers[k + 1 :]) for k, (code, offset) in enumerate(spot.callers)]


def is_part(spot: Spot, outer: Spot) -> bool:
    """Whether an operation stands within the expression of another one."""
    if spot.code is not outer.code or spot.callers != outer.callers:
        return False
    part, whole = find_extent(spot.code, spot.offset), find_extent(outer.code, outer.offset)
    return part is not None and whole is not None and whole.holds(part)


def is_elementwise(first: Sequence[Operation], last: Sequence[Operation]) -> bool:
    """Whether the last operations may be functions, element by element, of what the first are given."""
    given = first[0].operands[0] if first[0].operands else None
    if not isinstance(given, np.ndarray) or given.dtype.kind != "f":
        return False
    return len(first) == len(last) and given.shape == last[0].result.shape


@dataclass(frozen=True)
class DetouredSlope:
    """Changes of two operations, the first and the last of an expression, by which it has another slope.

    moves: by how much what the first was given last moved; base: the values of the expression at its own values.
    """

    first: Spot
    last: Spot
    moves: list[Any] = field(default_factory=list)
    base: dict[int, Values] = field(default_factory=dict)

    def skip(self) -> dict[Spot, Change]:
        """Pass on what the first operation is given as if the expression had the slope one."""
        return {self.first: self.note, self.last: lambda before, now, round: before.result + self.moves[-1]}

    def note(self, before: Operation, now: Operation, round: int) -> Any:
        """Note the movement of what the first operation is given."""
        self.moves[:] = [move_operand(before, now, 0)]
        return now.result

    def evaluate_at_result(self, view: OperationView) -> dict[Spot, Change] | None:
        """Take the slope of the expression at its values; None where it cannot be evaluated there."""
        values = [operation.result for operation in view.forward.seen[self.last]]

        def redirect(before: Operation, now: Operation, round: int) -> Any:
            return compute(now, 0, values[round] + move_operand(before, now, 0))

        def settle(before: Operation, now: Operation, round: int) -> Any:
            self.base[round] = now.result
            return before.result

        def arrive(before: Operation, now: Operation, round: int) -> Any:
            return before.result + now.result - self.base[round]

        x = view.case.inputs[view.forward.i]
        ran = view.forward.run(x, {**view.idle, self.first: redirect, self.last: settle})
        return None if ran is None else {self.first: redirect, self.last: arrive}


@dataclass(frozen=True)
class WayBack:
    """A way back through one operation, which a mistake may miss or scale.

    name: of the change that holds it constant; describe: the cause, by the formula of the coefficient.
    """

    name: str
    hold: Change
    describe: Callable[[str], Cause]


def list_paths(view: OperationView, spot: Spot, text: SpotText, one_kind: bool = False) -> Iterator[WayBack]:
    """Yield the ways back through the operations at one spot: through their result, and through each operand.
    one_kind: whether each is yielded once, and not for each name that it may have in other cases."""
    operations = view.forward.seen[spot]
    where = text.where
    for kind in ["path-missing"] if one_kind else list_kinds(view.case, name_result(view, spot, text)):
        yield WayBack("result", hold_result, partial(describe_path, view.case, kind, where))
    if operations[0].function in BINARY and len(text.operands) == len(operations[0].operands):
        for k in range(len(text.operands)):
            if all(isinstance(o.operands[k], np.ndarray) for o in operations):
                through = f"`{text.operands[k]}` in {where}"
                for kind in ["path-missing"] if one_kind else list_kinds(view.case, name_operand(view, spot, text, k)):
                    describe = partial(describe_path, view.case, kind, through)
                    yield WayBack(f"operand {k}", hold_operand(k), describe)
    if one_kind:
        return
    is_loop = len(operations) > 1 or view.case.suspects is not None  # of one round, where others had several
    is_all = view.case.suspects is None and is_loop and view.reproduces("result", {spot: hold_result})
    if is_loop and not is_all and len({o.function for o in operations}) == 1:
        for kept, which in ((len(operations) - 1, "last"), (0, "first")):
            yield WayBack(f"all but the {which}", hold_rounds(kept), partial(describe_rounds, which, where))


def list_kinds(case: WrongCase, kind: str) -> list[str]:
    """Return the name of the cause of a missing way back: in the first case the fitting one, later all, of which one
    may be left; a loop of a single round does not tell what is carried on."""
    return [kind] if case.suspects is None else ["path-missing", *HELD]


def describe_rounds(which: str, where: str, formula: str) -> Cause:
    """Describe that one round of a loop counts alone; rounds that are scaled are no known mistake."""
    if formula != "0":
        return SCALED_ROUNDS
    words = f"only the {which} round of the loop counts: the way back through {where} misses the others"
    return Cause("one-step-only", words, "Add the gradients of all rounds.")


SCALED_ROUNDS = Cause("constant-factor", "", "")
"""What no mistake is: some rounds of a loop, scaled."""

BINARY = frozenset(
    {"add", "subtract", "multiply", "divide", "true_divide", "matmul", "dot", "power", "maximum"} | {"einsum"}
)
"""Operations of several operands, each of which has a way back."""


def fit_path(view: OperationView, spot: Spot, path: WayBack, coefficients: Mapping[str, float]) -> Iterator[Cause]:
    """Yield the causes that have a way back scaled by a coefficient, and agree with the claimed gradient along all
    directions."""
    held = view.differentiate(path.name, {spot: path.hold}, 0)
    if held is None:
        return
    suspects = view.case.suspects
    if suspects is None:
        formulas = fit_formulas(view.directions[0], held, coefficients)
    else:
        formulas = [formula for formula in coefficients if path.describe(formula) in suspects]
    for formula in formulas:
        cause = path.describe(formula)
        if cause is not SCALED_ROUNDS and agrees_scaled(view, spot, path, coefficients[formula]):
            yield cause


def fit_formulas(direction: Direction, held: float, coefficients: Mapping[str, float]) -> list[str]:
    """Return the formulas of the coefficient that a way back seems to have along one direction; none where it has next
    to no part in the derivative."""
    share = direction.right - held
    if abs(share) <= 4 * direction.tolerance:
        return []
    fitted = (direction.claimed - held) / share
    return find_formulas(coefficients, fitted, 2 * direction.tolerance * (1 + abs(fitted)) / abs(share))


def agrees_scaled(view: OperationView, spot: Spot, path: WayBack, coefficient: float) -> bool:
    """Whether the claimed derivative is that with a way back scaled, along all directions."""
    for k, direction in enumerate(view.directions):
        held = view.differentiate(path.name, {spot: path.hold}, k)
        if held is None:
            return False
        found = held + coefficient * (direction.right - held)
        tolerance = direction.tolerance * (1 + abs(coefficient))
        if not view.is_near(path.name, {spot: path.hold}, k, found - direction.claimed, tolerance):
            return False
    return True


def describe_path(case: WrongCase, kind: str, through: str, formula: str) -> Cause:
    """Describe a way back that is missing or scaled.  kind: the name of the cause where it is missing."""
    regularises = kind.startswith("regularisation")
    match formula:
        case "0":
            missing = HELD.get(kind, "the gradient through {} is missing: it is held constant")
            return Cause(kind, missing.format(through), f"Add the gradient that flows back through {through}.")
        case "-1":
            name = "sign" if regularises else "term-sign"
            return Cause(name, f"the gradient through {through} has the wrong sign", "Change its sign.")
        case "2":
            name = "regularisation-twice" if regularises else "path-twice"
            return Cause(name, f"the gradient through {through} is counted twice", "Count it once.")
        case "1/2":
            name = "regularisation-half" if regularises else "constant-factor"
            return Cause(name, f"the gradient through {through} has half its size", "Multiply it by 2.")
    name = name_scaled(formula, case, regularises)
    return Cause(name, f"the gradient through {through} is multiplied by {formula}", f"Leave out the factor {formula}.")


def name_scaled(formula: str, case: WrongCase, regularises: bool) -> str:
    """Name the cause of a way back that is multiplied by a formula."""
    if "/" in formula and regularises:
        return "regularisation-divided"
    if "-1)" in formula and "/" in formula and "(1-" not in formula:
        return "unbiased"
    used = [name for name in case.settings if re.search(rf"\b{re.escape(name)}\b", formula)]
    if used:
        return "keep-scale-missing" if all(map(is_share_of_dropout, used)) else "setting-factor"
    letters = re.search(r"[A-Za-z]", formula)
    if not letters:
        return "constant-factor"
    return "divided-by-length" if formula.lstrip("-").startswith("1/") else "multiplied-by-length"


HELD = {
    "mean-constant": "the mean {} is held constant: its gradient is missing",
    "variance-constant": "the variance {} is held constant: its gradient is missing",
    "normaliser-constant": "the sum that normalises, {}, is held constant: its gradient is missing",
    "one-hot-missing": "what is subtracted at the label is missing: nothing flows back through {}",
    "regularisation-missing": "the regularisation {} is missing from the gradient",
    "time-link-missing": "the gradient that comes from the next step of time through {} is missing",
    "max-counted": "the gradient through the maximum {} is missing",
}
"""How a missing way back is told, by the name of its cause."""


def name_result(view: OperationView, spot: Spot, text: SpotText) -> str:
    """Name the cause that has the result of an operation constant."""
    function = view.forward.seen[spot][0].function
    if speaks_of_regularisation(view.case, text.text):
        return "regularisation-missing"
    if function == "add.reduce":
        return name_sum(view, spot, text.text.lower())
    if function in ("maximum.reduce", "minimum.reduce"):
        return "max-counted"
    return "one-hot-missing" if function == "exp" and is_own_numerator(view, spot) else "path-missing"


def name_sum(view: OperationView, spot: Spot, words: str) -> str:
    """Name the cause that has a sum constant: a mean, a variance, or what normalises.  words: the expression."""
    if re.search(r"\b(n?an)?mean\(", words):
        return "variance-constant" if re.search(r"\*\* ?2|square|\*", words) else "mean-constant"
    if re.search(r"\b(nan)?(var|std)\(", words):
        return "variance-constant"
    return "normaliser-constant" if is_divisor(view, spot) else "path-missing"


def name_operand(view: OperationView, spot: Spot, text: SpotText, k: int) -> str:
    """Name the cause that has an operand of an operation constant."""
    if speaks_of_regularisation(view.case, text.operands[k]):
        return "regularisation-missing"
    if is_carried_on(view, spot, k):
        return "time-link-missing"
    operations = view.forward.seen[spot]
    if operations[0].function in ("divide", "true_divide") and k == 1 and id(operations[0].given[1]) in view.divisors:
        return "normaliser-constant"
    return "path-missing"


def speaks_of_regularisation(case: WrongCase, text: str) -> bool:
    """Whether an expression holds a setting that people call the strength of a regularisation."""
    return any(name in case.settings or name in case.labels for name in REGULARISERS.findall(text))


def is_divisor(view: OperationView, spot: Spot) -> bool:
    """Whether the result of an operation is a sum that is divided by, or whose root or logarithm normalises."""
    return any(id(find_memory_owner(o.made)) in view.divisors for o in view.forward.seen[spot])


def is_own_numerator(view: OperationView, spot: Spot) -> bool:
    """Whether the result of an operation is divided, and not by itself, in an op that is given labels: the exponentials
    in the numerator of a softmax, through which the one at the label comes."""
    if not list_labels(view.case):
        return False
    made = {id(find_memory_owner(o.made)) for o in view.forward.seen[spot]}
    divisions = (o for row in view.forward.seen.values() for o in row if o.function in ("divide", "true_divide"))
    return any(id(o.given[0]) in made for o in divisions)


def is_carried_on(view: OperationView, spot: Spot, k: int) -> bool:
    """Whether an operand comes from an operation that stands further down in the same function: from the round of a
    loop before this one."""
    later = [row for other, row in view.forward.seen.items() if is_further_down(other, spot)]
    made = {id(find_memory_owner(o.made)) for row in later for o in row}
    return any(id(o.given[k]) in made for o in view.forward.seen[spot])


def is_further_down(other: Spot, spot: Spot) -> bool:
    """Whether a spot stands behind another one in the same call of a function."""
    return other.code is spot.code and other.callers == spot.callers and other.offset > spot.offset


def list_slopes(view: OperationView, spot: Spot, text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield the changes of the derivative of the operations at one spot, with a name and the cause of each."""
    function, where = view.forward.seen[spot][0].function, text.where
    if function in SMOOTH_UNARY:
        yield from list_slopes_of_function(where)
    if function in BENDS:
        yield from list_masks(view, spot, where)
    if function == "clip":
        yield from list_bounds(view.forward.seen[spot], where)
    if function in ("multiply", "divide", "true_divide") and len(text.operands) == 2:
        yield from list_factor_changes(view, spot, text)
    if function in ("add", "subtract") and len(text.operands) == 2:
        yield from list_spread_factors(view, spot, text)
    if function == "add" and len(text.operands) == 2:
        yield from list_missing_eps(view.forward.seen[spot], text)
    if function == "add.reduce":
        words = f"the sum {where} is not summed up on the way back: each element gets its own share alone"
        names = ["diagonal-jacobian" if is_divisor(view, spot) else "row-sum-missing"]
        for name in names if view.case.suspects is None else ["diagonal-jacobian", "row-sum-missing"]:
            yield "unsummed", leave_unsummed, Cause(name, words, "Sum over the axis that was broadcast.")
    if function in ("cumsum", "add.accumulate"):
        words = f"the running sum {where} goes in the same direction on the way back"
        yield "around", turn_around, Cause("wrong-direction", words, "Let it go the other way: flip, cumsum, flip.")


def list_slopes_of_function(where: str) -> Iterator[tuple[str, Change, Cause]]:
    """Yield what may stand for the slope of a function."""
    slope = f"the slope of {where}"
    yield "slope one", pass_on(0), Cause("slope-missing", f"{slope} is missing", "Multiply by the derivative.")
    words = f"{slope} is taken at its value and not at its argument"
    yield "slope at result", pass_on_at_result, Cause("slope-at-output", words, "Evaluate it at the argument.")
    words = f"the value of {where} stands for its slope"
    yield "result for slope", pass_on_times_result, Cause("wrong-function", words, "Multiply by the derivative.")


def list_masks(view: OperationView, spot: Spot, where: str) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that the condition of an operation is not applied on the way back."""
    operations = view.forward.seen[spot]
    for k, operand in enumerate(operations[0].operands):
        if is_array_of_reals(operand) and operand.shape == operations[0].result.shape:
            for cause in describe_mask(view, operations[0], k, where):
                yield f"mask {k}", pass_on(k), cause


def is_array_of_reals(a: Any) -> bool:
    """Whether something is an array of floating-point numbers."""
    return isinstance(a, np.ndarray) and a.dtype.kind == "f"


def describe_mask(view: OperationView, operation: Operation, k: int, where: str) -> list[Cause]:
    """Describe that a condition is not applied to operand k: in the first case by the name that fits, later by all of
    which one may be left."""
    flows = "the gradient also flows where it is cut off"
    mask = Cause(
        "mask-missing", f"the mask of {where} is not applied: {flows}", "Multiply by the mask, such as (x > 0)."
    )
    bounds = Cause(
        "saturation-ignored",
        f"the bounds of {where} are not applied: {flows}",
        "Multiply by the mask of what lies within.",
    )
    margin = Cause(
        "margin-ignored", f"the margin of {where} is not applied: {flows}", "Count only where the margin is violated."
    )
    own = Cause(
        "own-class-counted", f"the class that {where} leaves out is counted: {flows}", "Leave it out on the way back."
    )
    if view.case.suspects is not None:
        return [mask, bounds, margin, own]
    if operation.function == "where" and is_one_hot(view.case, operation.operands[0]):
        return [own]
    if operation.function in ("clip", "minimum", "fmin"):
        return [bounds]
    return [margin if operation.function in ("maximum", "fmax") and is_shifted(view, operation, k) else mask]


def list_labels(case: WrongCase) -> list[Values]:
    """List the inputs of whole numbers that are no single number."""
    return [a for a in case.inputs if a.dtype.kind in "iu" and a.ndim]


def is_one_hot(case: WrongCase, condition: Any) -> bool:
    """Whether a condition holds at the labels alone, or everywhere but there."""
    given = np.asarray(condition, bool)
    rows = [a for a in list_labels(case) if given.ndim == a.ndim + 1 and given.shape[:-1] == a.shape]
    hot = (a[..., None] == np.arange(given.shape[-1]) for a in rows)
    return any(np.array_equal(given, a) or np.array_equal(given, ~a) for a in hot)


def is_shifted(view: OperationView, operation: Operation, k: int) -> bool:
    """Whether a number was added to an operand, or subtracted from it, before: a margin."""
    makers = view.makers.get(id(operation.given[k]), [])
    return any(m.function in ("add", "subtract") and any(map(is_number_to_add, m.operands)) for _, m in makers)


def is_number_to_add(a: Any) -> bool:
    """Whether an operand is a single number other than zero."""
    return np.ndim(a) == 0 and not isinstance(a, np.ndarray) and bool(a)


def list_bounds(operations: Sequence[Operation], where: str) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that one of two bounds is not applied on the way back."""
    if len(operations[0].operands) < 3 or any(bound is None for bound in operations[0].operands[1:3]):
        return
    for k, which in ((1, "lower"), (2, "upper")):
        words = f"the {which} bound of {where} is not applied: the gradient also flows beyond it"
        cause = Cause("saturation-ignored", words, "Multiply by the mask of what lies within both bounds.")
        yield f"bound {k}", pass_beyond_bound(k), cause


def pass_beyond_bound(k: int) -> Change:
    """Pass on what lies beyond one of the bounds: the lower one, operand 1, or the upper one, operand 2."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        x, bound = before.operands[0], before.operands[k]
        beyond = x < bound if k == 1 else x > bound
        return np.where(beyond, before.result + move_operand(before, now, 0), now.result)

    return change


def list_factor_changes(view: OperationView, spot: Spot, text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that the other factor of a product or quotient is missing, inverted or twice on the way back."""
    multiplies = view.forward.seen[spot][0].function == "multiply"
    hint = "Multiply by it, once." if multiplies else "Divide by it, once."
    for k in (0, 1) if multiplies else (0,):
        factor = f"{'factor' if multiplies else 'divisor'} `{text.operands[1 - k]}` in {text.where}"
        for cause in describe_missing_factor(view, spot, text.operands[1 - k], k, Cause("", factor, hint)):
            yield f"factor {k}", pass_on(k), cause
        words = f"it is {'divided' if multiplies else 'multiplied'} by the {factor} where it must be the reverse"
        yield f"inverse {k}", invert_factor(k), Cause("product-for-quotient", words, hint)
        yield f"repeated {k}", repeat_factor(k), Cause("factor-extra", f"the {factor} is applied twice", hint)
    if not multiplies and is_array_of_reals(view.forward.seen[spot][0].operands[1]):
        for axis, length in measure_plain_lengths(view.case).items():
            words = f"it is divided by the length of {axis} where `{text.operands[1]}` is right in {text.where}"
            cause = Cause("wrong-count", words, f"Divide by `{text.operands[1]}`.")
            yield f"divided by {axis}", use_other(0, np.asarray(max(length, 1))), cause


def describe_missing_factor(view: OperationView, spot: Spot, text: str, k: int, factor: Cause) -> list[Cause]:
    """Describe that the factor beside operand k is missing: a mask, a share of dropout, or another one; in a later case
    by all names of which one may be left.  text: what it is in the source; factor: its words, and the hint."""
    others = [o.operands[1 - k] for o in view.forward.seen[spot]]
    words = re.findall(r"[A-Za-z_]\w*", text)
    missing = Cause("factor-missing", f"the {factor.words} is missing", factor.hint)
    share = Cause("keep-scale-missing", missing.words, factor.hint)
    mask = Cause("mask-missing", f"the mask is not applied: the {factor.words} is missing", "Multiply by the mask.")
    if view.case.suspects is not None:
        return [missing, share, mask]
    if all(np.ndim(a) == 0 for a in others) and any(map(is_share_of_dropout, words)):
        return [share]
    is_mask = all(np.ndim(a) > 0 and np.all((np.asarray(a) == 0) | (np.asarray(a) == 1)) for a in others)
    return [mask if is_mask and NAMES_OF_TARGETS.isdisjoint(words) else missing]


def list_missing_eps(operations: Sequence[Operation], text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that a small number, which keeps a denominator from zero, is not added on the way back."""
    for k in (0, 1):
        others = [o.operands[1 - k] for o in operations]
        if all(is_number_to_add(a) and abs(a) <= LARGEST_EPS for a in others):
            words = f"`{text.operands[1 - k]}` is missing on the way back: it is as if {text.where} did not add it"
            cause = Cause(
                "eps-missing", words, f"Divide by what the forward divides by, with `{text.operands[1 - k]}`."
            )
            yield f"eps {k}", leave_out_addend(k), cause


def leave_out_addend(k: int) -> Change:
    """Return operand k of a sum in place of the sum."""
    return lambda before, now, round: np.asarray(now.operands[k])


def list_spread_factors(view: OperationView, spot: Spot, text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that a factor of one addend is multiplied, on the way back, to the other addend as well."""
    operations = view.forward.seen[spot]
    for k in (0, 1):
        for maker_spot, maker in view.makers.get(id(operations[0].given[k]), []):
            source = read_spot(maker_spot)
            if maker.function not in ("multiply", "divide", "true_divide") or source is None:
                continue
            for m in (0, 1) if maker.function == "multiply" and len(source.operands) == 2 else ():
                factor = maker.operands[m]
                if len(operations) == 1 and np.ndim(factor) <= np.ndim(operations[0].result):
                    words = f"the factor `{source.operands[m]}` of `{source.text}` multiplies the other part as well"
                    hint = f"Multiply by `{source.operands[m]}` only what it multiplies in the forward."
                    cause = Cause("factor-extra", f"{words}, `{text.operands[1 - k]}` in {text.where}", hint)
                    yield f"spread {k} {m}", spread_factor(1 - k, factor), cause


def spread_factor(k: int, factor: Any) -> Change:
    """Multiply what flows back to one addend by a factor."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        held = compute(now, k, before.operands[k])
        return held + (now.made - held) * factor

    return change
