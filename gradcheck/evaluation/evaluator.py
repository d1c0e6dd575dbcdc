"""Evaluator: the only caller of forward and backward.  Copies go in, so the case stays as it was; results are kept per
case."""

import traceback
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values, copy_array, is_identical, make_point_key
from gradcheck.declaration.op import Op, locate_definition
from gradcheck.evaluation.cache_snapshot import is_unchanged, list_cached_arrays, snapshot_cache
from gradcheck.evaluation.private_copies import choose_copy
from gradcheck.records.case import Case
from gradcheck.records.subject import Part, Subject


@dataclass(frozen=True)
class Arrangement:
    """How arrays are handed to code under test.

    apply: an array → the one that is handed over.  perturbs: whether that moves the numbers themselves; inputs that
    have no gradient are left alone then, since a mask or a count that is a little off is another one.
    """

    apply: Callable[[Values], Values]
    perturbs: bool = False

    def __call__(self, a: Values) -> Values:
        """The array that is handed over."""
        return self.apply(a)


COPIED = Arrangement(copy_array)
"""Copies; results are remembered."""

COPIED_ANEW = Arrangement(copy_array)
"""Copies as COPIED makes them, where code under test is to be run again, whatever is remembered."""


class UserError(Exception):
    """Code under test raised.  part: which function; file and line: where, in that code."""

    def __init__(self, part: Part, error: BaseException, function: Callable[..., Any]) -> None:
        kind = type(error).__name__
        super().__init__(f"{part} raised {kind}: {error}" if str(error) else f"{part} raised {kind}")
        self.part = part
        frames = traceback.extract_tb(error.__traceback__)
        own = locate_definition(function)[0]
        frame = next((f for f in reversed(frames) if f.filename == own), frames[-1] if frames else None)
        self.file, self.line = (frame.filename, frame.lineno or 0) if frame else ("", 0)


class Malformed(Exception):
    """Code under test returned something that is not what the declaration says.  input: the input whose gradient it
    is, or ""."""

    def __init__(self, claim: str, input: str = "", hint: str = "") -> None:
        super().__init__(claim)
        self.subject, self.hint = Subject.of_input(input), hint


@dataclass(frozen=True)
class WatchedCall:
    """The traces of one forward and backward: their results, what they changed, and which memory is shared.

    unwatched: why nobody can say whether the cache was changed, "" where it was watched.
    """

    outputs: tuple[Values, ...]
    gradients: tuple[Values | None, ...]
    changed: tuple[str, ...]
    shared_memory: tuple[str, ...]
    unwatched_reason: str


class Evaluator:
    """Runs one op with the settings of one case, and remembers results.

    concrete_shapes: whether the reference is traced for these very shapes, as where something seems wrong."""

    def __init__(self, op: Op, case: Case, concrete_shapes: bool = False) -> None:
        self.op, self.case, self.concrete_shapes = op, case, concrete_shapes
        self.labels = tuple(case.inputs)
        self.input_declarations = op.input_declarations(self.labels)
        self.differentiable = self.input_declarations.differentiable
        self.memory: dict[Any, Any] = {}
        self.keys: dict[int, tuple[Point, Any]] = {}

    def with_concrete_shapes(self) -> "Evaluator":
        """Return an evaluator of the same op and case with concrete shapes; it shares the results so far."""
        other = Evaluator(self.op, self.case, concrete_shapes=True)
        other.memory, other.keys = self.memory, self.keys
        return other

    def key(self, point: Point) -> Any:
        """Return the key of a point, computed once for each tuple of arrays, which stay unchanged."""
        if id(point) not in self.keys:
            self.keys[id(point)] = point, make_point_key(point)
        return self.keys[id(point)][1]

    def outputs(self, point: Point, arrange: Arrangement = COPIED) -> tuple[Values, ...]:
        """The outputs at one point.  Raises UserError and Malformed."""
        if arrange is not COPIED:
            return self.forward(point, arrange)[0]
        return self.compute_once((self.key(point),), lambda: self.forward(point, COPIED)[0])

    def gradients(self, point: Point, upstream: Point, arrange: Arrangement = COPIED) -> tuple[Values | None, ...]:
        """One gradient per input, of that input's shape, None for one that has none.  Raises UserError and
        Malformed."""
        if arrange is not COPIED:
            return self.backward(point, upstream, arrange)
        return self.compute_once((self.key(point), self.key(upstream)), lambda: self.backward(point, upstream, COPIED))

    def compute_uncached(self, point: Point) -> tuple[Values, ...]:
        """The outputs at a point that nobody looks at again: it is handed over itself.  Raises UserError and
        Malformed."""
        return self.call_forward(point)[0]

    def interleave(self, point: Point, other: Point, upstream: Point) -> tuple[Values | None, ...]:
        """The gradients at `point` when forward also ran at `other` before backward."""
        _, cache = self.forward(point, COPIED)
        self.forward(other, COPIED)
        return self.validate_gradients(self.pull(upstream, cache, COPIED), point)

    def watch_call(self, point: Point, upstream: Point) -> WatchedCall:
        """One forward and one backward, watched for what they change and share."""
        inputs, ups = tuple(map(copy_array, point)), tuple(map(copy_array, upstream))
        outputs, cache = self.call_forward(inputs)
        changed = [
            f"forward changes {label}"
            for label, a, b in zip(self.labels, inputs, point, strict=True)
            if not is_identical(a, b)
        ]
        before, unwatched = try_snapshot(cache)
        held, kept = list_cached_arrays(cache), tuple(map(copy_array, inputs))
        gradients = self.validate_gradients(self.call_backward(ups, cache), point)
        changed += [
            f"backward changes {label}"
            for label, a, b in zip(self.labels, inputs, kept, strict=True)
            if not is_identical(a, b)
        ]
        changed += [
            f"backward changes the upstream of {name}"
            for name, a, b in zip(self.op.outputs, ups, upstream, strict=True)
            if not is_identical(a, b)
        ]
        if not unwatched and not is_unchanged(before, cache):
            changed.append("backward changes its cache")
        owners = [
            *zip(self.labels, inputs, strict=True),
            *((f"the upstream of {n}", u) for n, u in zip(self.op.outputs, ups, strict=True)),
        ]
        owners += [("the cache", a) for a in held]
        shared = tuple(dict.fromkeys(self.find_aliases(gradients, owners)))
        return WatchedCall(outputs, gradients, tuple(changed), shared, unwatched)

    def find_aliases(self, gradients: tuple[Values | None, ...], owners: Sequence[tuple[str, Values]]) -> Iterator[str]:
        """Which gradients share memory with something that outlives them, or with each other."""
        given = [
            (f"the gradient of {label}", g) for label, g in zip(self.labels, gradients, strict=True) if g is not None
        ]
        for i, (name, gradient) in enumerate(given):
            for other, a in [*owners, *given[:i]]:
                if np.may_share_memory(gradient, a) and np.shares_memory(gradient, a):
                    yield f"{name} shares memory with {other}"

    def forward(self, point: Point, arrange: Arrangement) -> tuple[tuple[Values, ...], Any]:
        """Outputs and cache."""
        return self.call_forward(self.arrange_inputs(point, arrange))

    def arrange_inputs(self, point: Point, arrange: Arrangement) -> Point:
        """The inputs, arranged."""
        if not arrange.perturbs:
            return tuple(map(arrange, point))
        return tuple(
            arrange(a) if moves else copy_array(a) for a, moves in zip(point, self.differentiable, strict=True)
        )

    def call_forward(self, inputs: Point) -> tuple[tuple[Values, ...], Any]:
        """Outputs and cache for exactly these arrays."""
        result = self.call(Part.FORWARD, self.op.forward, *inputs, **self.case.settings)
        if not (isinstance(result, tuple) and len(result) == 2):
            raise Malformed(
                f"forward returned {describe_value(result)}, not (output, cache)",
                hint="Return the output and what backward needs.",
            )
        return self.unpack_outputs(result[0]), result[1]

    def unpack_outputs(self, y: Any) -> tuple[Values, ...]:
        """The outputs as arrays, in the order of the declaration."""
        names = self.op.outputs
        parts = y if len(names) > 1 else (y,)
        if not isinstance(parts, (tuple, list)) or len(parts) != len(names):
            raise Malformed(f"forward returned {describe_value(y)} as its output, expected ({', '.join(names)})")
        if all(type(part) is np.ndarray and part.dtype.kind == "f" for part in parts):
            return tuple(parts)
        for name, part in zip(names, parts, strict=True):
            if not is_array_like(part):
                several = f"Name several outputs: outputs=({', '.join(map(repr, 'ab'))}, …)." if part is y else ""
                raise Malformed(f"output {name} is {describe_value(part)}, not an array", hint=several)
            if np.asarray(part).dtype.kind not in "fciub":
                raise Malformed(f"output {name} has dtype {np.asarray(part).dtype}, expected a floating-point one")
        return tuple(np.asarray(part) for part in parts)

    def backward(self, point: Point, upstream: Point, arrange: Arrangement) -> tuple[Values | None, ...]:
        """Validated gradients after a forward of their own."""
        return self.validate_gradients(self.pull(upstream, self.forward(point, arrange)[1], arrange), point)

    def pull(self, upstream: Point, cache: Any, arrange: Arrangement) -> Any:
        """Whatever backward returns."""
        return self.call_backward(tuple(map(arrange, upstream)), cache)

    def call_backward(self, upstream: Point, cache: Any) -> Any:
        """Whatever backward returns for exactly these arrays."""
        return self.call(Part.BACKWARD, self.op.backward, upstream if len(self.op.outputs) > 1 else upstream[0], cache)

    def validate_gradients(self, gradients: Any, point: Point) -> tuple[Values | None, ...]:
        """One gradient per input, of its shape.  Raises Malformed saying which one is not."""
        given = tuple(gradients) if isinstance(gradients, (tuple, list)) else (gradients,)
        if len(given) != len(point):
            wanted = f"expected {len(point)}, one for each of {', '.join(self.labels)}"
            raise Malformed(
                f"backward returned {len(given)} gradient{'s' * (len(given) != 1)}, {wanted}",
                hint="Return None for an input that has none.",
            )
        return tuple(
            self.validate_gradient(*row) for row in zip(self.labels, given, point, self.differentiable, strict=True)
        )

    def validate_gradient(self, label: str, gradient: Any, x: Values, differentiable: bool) -> Values | None:
        """One gradient, None where none is owed."""
        if not differentiable:
            if gradient is not None:
                raise Malformed(
                    f"gradient of {label} is {describe_value(gradient)}, expected None: it has no gradient", label
                )
            return None
        if not is_array_like(gradient):
            declare = (
                "Is a return missing? If it has no gradient, declare it so: Array(…, constant()) for real numbers, "
                "bits() or indices('V')."
            )
            hint = declare if gradient is None else ""
            raise Malformed(
                f"gradient of {label} is {describe_value(gradient)}, expected an array of shape {x.shape}", label, hint
            )
        g = np.asarray(gradient)
        if g.shape != x.shape:
            raise Malformed(
                f"gradient of {label} has shape {g.shape}, expected {x.shape}",
                label,
                suggest_shape_fix(g.shape, x.shape),
            )
        if g.dtype.kind != "f":
            raise Malformed(f"gradient of {label} has dtype {g.dtype}, expected a floating-point one", label)
        return g

    def call(self, part: Part, function: Callable[..., Any], *args: Any, **settings: Any) -> Any:
        """Run code under test; whatever it raises becomes a UserError."""
        try:
            return choose_copy(function)(*args, **settings)
        except (Exception, SystemExit) as error:
            raise UserError(part, error, function) from error

    def compute_once(self, where: Hashable, compute: Callable[[], Any]) -> Any:
        """The result of compute, run once per place."""
        if where not in self.memory:
            self.memory[where] = compute()
        return self.memory[where]


def try_snapshot(cache: Any) -> tuple[Any, str]:
    """A snapshot of a cache; None, and the reason, where it cannot be copied."""
    try:
        return snapshot_cache(cache), ""
    except Exception as error:  # whatever forward put there raises what it likes
        return None, f"the cache cannot be copied, so that a change would go unseen: {error}"


def is_array_like(value: Any) -> bool:
    """Arrays of any library, and numbers, which are arrays of no axes."""
    return isinstance(value, (np.ndarray, np.generic, float, int)) or hasattr(value, "__array__")


def describe_value(value: Any) -> str:
    """Describe a returned value in a few words."""
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "None" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"


def suggest_shape_fix(got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """Suggest what usually gives one shape where the other is expected."""
    if got[::-1] == wanted:
        return "It is transposed."
    ones = tuple(n for n in got if n != 1) == tuple(n for n in wanted if n != 1)
    if len(got) > len(wanted):
        kept = ", and look at keepdims" if ones else ""
        return f"Sum over the axes along which forward broadcast it{kept}."
    return "Axes of length one were kept or dropped: look at keepdims." if ones else ""
