"""Evaluator: the only caller of forward and backward.  Copies go in, so the case stays as it was; results are kept per
case."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from gradcheck.arrays import Gradients, Point, Values, copy_array, is_identical, make_point_key
from gradcheck.declaration.op import Op, locate_definition
from gradcheck.evaluation.cache_snapshot import (
    SparingSnapshot,
    is_unchanged,
    list_cached_arrays,
    snapshot_cache,
    snapshot_sparingly,
)
from gradcheck.evaluation.descriptions import describe_raised, describe_value, read_exception_text
from gradcheck.evaluation.outside_stops import comes_from_outside, walk_traceback
from gradcheck.evaluation.private_copies import choose_copy
from gradcheck.evaluation.process_state import read_call_state, restore_call_state
from gradcheck.evaluation.returned_arrays import (
    MAX_ELEMENTS,
    convert_output,
    convert_to_array,
    is_array_like,
    is_plain_array,
    read_sequence,
    require_floating_point,
    suggest_array,
)
from gradcheck.evaluation.returned_arrays import Malformed as Malformed  # noqa: PLC0414 - imported from here
from gradcheck.evaluation.shared_memory import find_shared_memory
from gradcheck.records.case import Case
from gradcheck.records.golden_vectors import GoldenVector
from gradcheck.records.subject import WHOLE_OP, Part, Subject


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

MOST_HELD = 2
"""Arrays of the size of all inputs, up to which a cache is copied, or another one held beside it, in a large case."""

NUMBER_HINT = "Return an array with one number for each element of the input."
"""The hint for a gradient of another shape that is no array of NumPy's, mostly a number."""

ROW_HINT = "A list counts as one gradient for each of its members: return an array, np.array(dx)."
"""The hint for a gradient that is a list of numbers."""

COPIED_ANEW = Arrangement(copy_array)
"""Copies as COPIED makes them, where code under test is to be run again, whatever is remembered."""


class UserError(Exception):
    """Code under test raised.  part: which function; kind: what; file and line: where, in that code."""

    def __init__(self, part: Part, error: BaseException, function: Callable[..., Any]) -> None:
        super().__init__(f"{part} raised {describe_raised(error)}")
        self.part, self.kind = part, type(error)
        self.file, self.line = locate_exception(error, locate_definition(function)[0])


def locate_exception(error: BaseException, file: str) -> tuple[str, int]:
    """Return file and line of the innermost frame in a file, or of the innermost of all; ("", 0) without frames."""
    places = [(entry.tb_frame.f_code.co_filename, entry.tb_lineno or 0) for entry in walk_traceback(error)]
    return next((place for place in reversed(places) if place[0] == file), places[-1] if places else ("", 0))


@dataclass(frozen=True)
class WatchedCall:
    """The traces of one forward and backward: their results, what they changed, and which memory is shared.

    outputs, gradients: in a small case copies, since later calls may write to what code under test keeps.
    shares_outputs: whether an output shares memory with the cache.
    changed: the arrays of the caller that were changed.  cache_change: whether the cache was, and what comes of it.
    unwatched_reason: why nobody can say whether the cache was changed, "" where it was watched.
    """

    outputs: tuple[Values, ...]
    gradients: tuple[Values | None, ...]
    changed: tuple[str, ...]
    cache_change: "CacheChange"
    shared_memory: tuple[str, ...]
    shares_outputs: bool
    unwatched_reason: str


class CacheChange(Enum):
    """Whether backward changes its cache, and what comes of it where backward is called again with the same cache."""

    NONE = "the cache is as it was"
    SAME_ANSWER = "backward gives the same answer, or raises"
    OTHER_ANSWER = "backward gives another answer"


class Evaluator:
    """Runs one op with the settings of one case, and remembers results.

    concrete_shapes: whether the reference is traced for these very shapes, as where something seems wrong.
    vector: the golden vector of this case, if it has one.  asked: the subject whose findings are asked for; a law may
    leave all others out, unless it is the whole op."""

    def __init__(
        self,
        op: Op,
        case: Case,
        concrete_shapes: bool = False,
        vector: GoldenVector | None = None,
        asked: Subject = WHOLE_OP,
    ) -> None:
        self.op, self.case, self.concrete_shapes, self.vector, self.asked = op, case, concrete_shapes, vector, asked
        self.labels = tuple(case.inputs)
        self.input_declarations = op.input_declarations(self.labels)
        self.differentiable = self.input_declarations.differentiable
        self.memory: dict[Any, Any] = {}
        self.keys: dict[int, tuple[Point, Any]] = {}

    def with_concrete_shapes(self) -> "Evaluator":
        """Return an evaluator of the same op and case with concrete shapes; it shares the results so far."""
        return self.share_results(Evaluator(self.op, self.case, True, self.vector, self.asked))

    def with_op(self, op: Op) -> "Evaluator":
        """Return an evaluator of an op with the same forward and backward; it shares the results so far."""
        return self.share_results(Evaluator(op, self.case, self.concrete_shapes, self.vector, self.asked))

    def share_results(self, other: "Evaluator") -> "Evaluator":
        """Return another evaluator, which remembers what this one does."""
        other.memory, other.keys = self.memory, self.keys
        return other

    def key(self, point: Point) -> Any:
        """Return the key of a point, computed once for each tuple of arrays, which stay unchanged; in a large case,
        whose numbers take long to read, another tuple is another point."""
        if id(point) not in self.keys:
            self.keys[id(point)] = point, id(point) if self.case.is_large else make_point_key(point)
        return self.keys[id(point)][1]

    def remembers(self, point: Point) -> bool:
        """Whether results at a point are kept: in a large case, those at the case's own alone."""
        return not self.case.is_large or point is self.case.point

    def forget_workings(self) -> None:
        """Forget what was computed of the case but for its outputs and gradients."""
        here, upstream = self.key(self.case.point), self.key(self.case.upstream)
        kept = {(here,), (here, upstream)}
        results = {where: result for where, result in self.memory.items() if where in kept}
        self.memory.clear()
        self.memory.update(results)

    def outputs(self, point: Point, arrange: Arrangement = COPIED) -> tuple[Values, ...]:
        """The outputs at one point.  Raises UserError and Malformed."""
        if arrange is not COPIED or not self.remembers(point):
            return self.forward(point, arrange)[0]
        return self.compute_once((self.key(point),), lambda: self.forward(point, COPIED)[0])

    def gradients(self, point: Point, upstream: Point, arrange: Arrangement = COPIED) -> tuple[Values | None, ...]:
        """One gradient per input, of that input's shape, None for one that has none.  Raises UserError and
        Malformed."""
        if arrange is not COPIED or not self.remembers(point):
            return self.backward(point, upstream, arrange)
        where = self.key(point), self.key(upstream)
        if where not in self.memory and (self.key(point),) not in self.memory:
            return self.results(point, upstream)[1]
        return self.compute_once(where, lambda: self.backward(point, upstream, COPIED))

    def results(self, point: Point, upstream: Point, arrange: Arrangement = COPIED) -> tuple[Point, Gradients]:
        """The outputs and the gradients at one point, by one call of forward and one of backward unless they are
        remembered.  Raises UserError and Malformed."""
        is_kept = arrange is COPIED and self.remembers(point)
        if is_kept and (self.key(point),) in self.memory:
            return self.outputs(point), self.gradients(point, upstream)
        outputs, cache = self.forward(point, arrange)
        kept = tuple(map(copy_array, outputs))  # backward may write to what shares memory with its cache
        if is_kept:
            self.memory[(self.key(point),)] = kept
        gradients = self.validate_gradients(self.pull(upstream, cache, arrange), point)
        if is_kept:
            self.memory[self.key(point), self.key(upstream)] = gradients
        return kept, gradients

    def compute_uncached(self, point: Point) -> tuple[Values, ...]:
        """The outputs at a point that nobody looks at again: it is handed over itself.  Raises UserError and
        Malformed."""
        return self.call_forward(point)[0]

    def announce_points(self, points: Iterable[Point]) -> Iterable[Point]:
        """Return points at which outputs will be asked for one by one, uncached.  A forward that runs elsewhere hears
        of all of them before: its attribute `announce` takes a function that calls it at each, and what it raises then
        is ignored."""
        announce = getattr(self.op.forward, "announce", None)
        if announce is None:
            return points
        listed = list(points)

        def call_each() -> None:
            for point in listed:
                with suppress(UserError, Malformed):
                    self.compute_uncached(point)

        announce(call_each)
        return listed

    def call_forward_once(self, point: Point) -> tuple[tuple[Values, ...], Any]:
        """Outputs and cache at a point that nobody looks at again: its arrays are handed over themselves, but for those
        that the case has as well.  Raises UserError and Malformed."""
        own = set(map(id, self.case.point))
        return self.call_forward(tuple(copy_array(a) if id(a) in own else a for a in point))

    def interleave(self, cache: Any, other: Point, upstream: Point) -> Gradients:
        """The gradients for a cache of the case's point when forward and backward also ran at `other` before
        backward."""
        _, elsewhere = self.forward(other, COPIED)
        self.pull(upstream, elsewhere, COPIED)
        return self.validate_gradients(self.pull(upstream, cache, COPIED), self.case.point)

    def remembers_results(self, outputs: Point, gradients: Gradients) -> bool:
        """Whether the remembered results of the case are these.  Raises UserError and Malformed."""
        own, first = self.results(self.case.point, self.case.upstream)
        return all(map(is_identical, own, outputs)) and have_equal_gradients(first, gradients)

    def repeats_interleaved(self, other: Point) -> bool:
        """Whether the case has the results that are remembered, in arrays of their own, between a forward and a
        backward at another point, which nobody looks at again; after both where the cache is heavy.  Raises UserError
        and Malformed."""
        case = self.case
        own, first = self.results(case.point, case.upstream)
        outputs, cache = self.forward(case.point, COPIED)
        if self.is_heavy(cache):
            del outputs, cache
            self.pull(case.upstream, self.call_forward_once(other)[1], COPIED)
            outputs, cache = self.forward(case.point, COPIED)
        else:
            self.pull(case.upstream, self.call_forward_once(other)[1], COPIED)
        if not all(map(is_identical, outputs, own)):
            return False
        del outputs
        again = self.validate_gradients(self.pull(case.upstream, cache, COPIED), case.point)
        pairs = [(g, h) for g, h in zip(first, again, strict=True) if g is not None and h is not None]
        return not any(np.may_share_memory(*pair) for pair in pairs) and have_equal_gradients(first, again)

    def pull_after_overwriting(self, point: Point, upstream: Point) -> Gradients | None:
        """The gradients once the caller has overwritten the outputs; None where no output shares memory with the
        cache."""
        outputs, cache = self.forward(point, COPIED)
        held = list_cached_arrays(cache)
        shared = [y for y in outputs if any(np.shares_memory(y, a) for a in held)]
        if not shared or not all(y.flags.writeable for y in shared):
            return None
        for y in shared:
            y[...] = 1 - 2 * y
        return self.validate_gradients(self.pull(upstream, cache, COPIED), point)

    def overwrites_gradients(self, point: Point, other: Point, upstream: Point) -> bool:
        """Whether the gradients at `point` change once backward ran at `other`."""
        gradients = self.backward(point, upstream, COPIED)
        before = copy_gradients(gradients)
        self.backward(other, upstream, COPIED)
        return not have_equal_gradients(before, gradients)

    def is_heavy(self, cache: Any) -> bool:
        """Whether the cache of a large case holds so much memory that two of them, or a copy, are not to be had."""
        most = MOST_HELD * sum(a.nbytes for a in self.case.point)
        return self.case.is_large and sum(a.nbytes for a in list_cached_arrays(cache)) > most

    def watch_call(self, point: Point, upstream: Point, sparingly: bool = True) -> WatchedCall:
        """One forward and one backward, watched for what they change and share.  sparingly: whether a heavy cache is
        not copied, as long as nothing in it seems to change."""
        inputs, ups = tuple(map(copy_array, point)), tuple(map(copy_array, upstream))
        outputs, cache = self.call_forward(inputs)
        seen_outputs = outputs if self.case.is_large else tuple(map(copy_array, outputs))
        changed = [
            f"forward changes {label}"
            for label, a, b in zip(self.labels, inputs, point, strict=True)
            if not is_identical(a, b)
        ]
        sparingly = sparingly and self.is_heavy(cache)
        before, unwatched = try_snapshot(cache, sparingly)
        held, kept = list_cached_arrays(cache), tuple(map(copy_array, inputs)) if changed else point
        gradients = self.validate_gradients(self.call_backward(ups, cache), point)
        seen_gradients = gradients if self.case.is_large else copy_gradients(gradients)
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
        altered = False
        if not unwatched:
            altered, unwatched = try_comparison(before, cache)
        if altered and sparingly:
            return self.watch_call(point, upstream, sparingly=False)
        owners = [
            *zip(self.labels, inputs, strict=True),
            *((f"the upstream of {n}", u) for n, u in zip(self.op.outputs, ups, strict=True)),
        ]
        owners += [("the cache", a) for a in held]
        shared = tuple(dict.fromkeys(self.find_aliases(gradients, owners)))
        change = self.judge_cache_change(point, upstream, cache, gradients) if altered else CacheChange.NONE
        kept_outputs = any(np.may_share_memory(y, a) and np.shares_memory(y, a) for y in outputs for a in held)
        return WatchedCall(seen_outputs, seen_gradients, tuple(changed), change, shared, kept_outputs, unwatched)

    def judge_cache_change(self, point: Point, upstream: Point, cache: Any, gradients: Gradients) -> CacheChange:
        """Call backward again with the cache that it changed.  What raises then gives nobody a wrong answer.
        gradients: those of the first call."""
        before = copy_gradients(gradients)
        try:
            again = self.validate_gradients(self.call_backward(tuple(map(copy_array, upstream)), cache), point)
        except (UserError, Malformed):
            return CacheChange.SAME_ANSWER
        is_same = have_equal_gradients(before, again)
        return CacheChange.SAME_ANSWER if is_same else CacheChange.OTHER_ANSWER

    def find_aliases(self, gradients: tuple[Values | None, ...], owners: Sequence[tuple[str, Values]]) -> Iterator[str]:
        """Which gradients share memory with something that outlives them, or with each other."""
        given = [
            (f"the gradient of {label}", g) for label, g in zip(self.labels, gradients, strict=True) if g is not None
        ]
        parts = [*owners, *given]
        for later, earlier in find_shared_memory([a for _, a in parts], len(owners)):
            yield f"{parts[later][0]} shares memory with {parts[earlier][0]}"

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
        members = read_sequence(result) if issubclass(type(result), tuple) else ()
        if len(members) != 2:
            raise Malformed(
                f"forward returned {describe_value(result)}, not (output, cache)",
                hint="Return the output and what backward needs.",
            )
        outputs = self.unpack_outputs(members[0], inputs)
        self.require_case_shapes(inputs, outputs)
        return outputs, members[1]

    def require_case_shapes(self, inputs: Point, outputs: Point) -> None:
        """Raise Malformed where inputs of the case's shapes give outputs of other shapes than in the case."""
        for name, y, u in zip(self.op.outputs, outputs, self.case.upstream, strict=False):
            if y.shape != u.shape and all(map(have_equal_shapes, inputs, self.case.point)):
                claim = f"output {name} has shape {y.shape}, and {u.shape} for other inputs of the same shapes"
                raise Malformed(claim, hint="The shapes of outputs have to follow from those of the inputs.")

    def unpack_outputs(self, y: Any, inputs: Point) -> tuple[Values, ...]:
        """The outputs as arrays, in the order of the declaration; of complex inputs they may be complex."""
        names = self.op.outputs
        parts = read_sequence(y) if len(names) > 1 else (y,)
        if len(parts) != len(names):
            raise Malformed(f"forward returned {describe_value(y)} as its output, expected ({', '.join(names)})")
        if all(is_plain_array(part) and part.size <= MAX_ELEMENTS for part in parts):
            return parts
        for name, part in zip(names, parts, strict=True):
            if not is_array_like(part):
                raise Malformed(f"output {name} is {describe_value(part)}, not an array", hint=suggest_array(part))
        kinds = "fc" if any(a.dtype.kind == "c" for a in inputs) else "f"
        return tuple(convert_output(name, part, kinds) for name, part in zip(names, parts, strict=True))

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
        given = read_sequence(gradients) if issubclass(type(gradients), (tuple, list)) else (gradients,)
        if len(given) != len(point):
            if len(point) == 1 and len(given) > 1 and all(map(is_number, given)):
                row = f"gradient of {self.labels[0]} is {len(given)} numbers in a row"
                raise Malformed(f"{row}, expected an array of shape {point[0].shape}", self.labels[0], ROW_HINT)
            wanted = f"expected {len(point)}, one for each of {', '.join(self.labels)}"
            raise Malformed(f"backward returned {count_gradients(given)}, {wanted}", hint=suggest_form(given, point))
        if all(map(is_plain_gradient, given, point, self.differentiable)):
            return given
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
                "Is a return missing? If it has no gradient, declare it so: Array(…, real(), gradient=False) for real "
                "numbers, bits() or indices('V')."
            )
            hint = declare if gradient is None else ""
            raise Malformed(
                f"gradient of {label} is {describe_value(gradient)}, expected an array of shape {x.shape}", label, hint
            )
        g = convert_to_array(f"gradient of {label}", gradient, label)
        if g.shape != x.shape:
            raise Malformed(
                f"gradient of {label} has shape {g.shape}, expected {x.shape}",
                label,
                suggest_shape_fix(g.shape, x.shape) if issubclass(type(gradient), np.ndarray) else NUMBER_HINT,
            )
        return require_floating_point(f"gradient of {label}", g, label)

    def call(self, part: Part, function: Callable[..., Any], *args: Any, **settings: Any) -> Any:
        """Run code under test; whatever it raises becomes a UserError, but for what comes from outside."""
        state = read_call_state()
        try:
            try:
                return choose_copy(function)(*args, **settings)
            finally:
                restore_call_state(state)
        except BaseException as error:
            if comes_from_outside(error):
                raise
            raise UserError(part, error, function) from error

    def compute_once(self, where: Hashable, compute: Callable[[], Any]) -> Any:
        """The result of compute, run once per place."""
        if where not in self.memory:
            self.memory[where] = compute()
        return self.memory[where]


def copy_gradients(gradients: Gradients) -> Gradients:
    """Return a copy of each gradient that there is."""
    return tuple(None if g is None else copy_array(g) for g in gradients)


def have_equal_gradients(gradients: Gradients, others: Gradients) -> bool:
    """Whether two calls gave the same gradients; the sign of a zero is no other answer."""
    pairs = [(g, h) for g, h in zip(gradients, others, strict=True) if g is not None and h is not None]
    return all(g.dtype == h.dtype and (np.array_equal(g, h) or np.array_equal(g, h, equal_nan=True)) for g, h in pairs)


def have_equal_shapes(a: Any, b: Values) -> bool:
    """Whether an array, or a number, has the shape of an array."""
    return np.shape(a) == b.shape


def is_plain_gradient(gradient: Any, x: Values, differentiable: bool) -> bool:
    """Whether a gradient is an array of NumPy's own as it has to be, as nearly all are, or None where none is owed."""
    return is_plain_array(gradient) and gradient.shape == x.shape if differentiable else gradient is None


def try_snapshot(cache: Any, sparingly: bool) -> tuple[Any, str]:
    """A snapshot of a cache; None, and the reason, where it cannot be copied.  sparingly: without copies of arrays."""
    try:
        return (snapshot_sparingly if sparingly else snapshot_cache)(cache), ""
    except BaseException as error:  # whatever forward put there raises what it likes
        if comes_from_outside(error):
            raise
        return None, f"the cache cannot be copied, so that a change would go unseen: {read_exception_text(error)}"


def try_comparison(before: Any, cache: Any) -> tuple[bool, str]:
    """Whether a cache differs from its snapshot, and the reason where they cannot be compared."""
    try:
        if isinstance(before, SparingSnapshot):
            return not before.is_unchanged(cache), ""
        return not is_unchanged(before, cache), ""
    except BaseException as error:  # what is in it may define == as it likes
        if comes_from_outside(error):
            raise
        return False, f"the cache cannot be compared, so that a change would go unseen: {describe_raised(error)}"


def is_number(value: Any) -> bool:
    """Whether a value is a number of Python's or NumPy's."""
    return issubclass(type(value), (float, int, np.generic))


def count_gradients(given: tuple[Any, ...]) -> str:
    """Count the gradients that backward returned; one thing that is no gradient is described."""
    if len(given) == 1 and given[0] is not None and not is_array_like(given[0]):
        return describe_value(given[0])
    return f"{len(given)} gradient{'s' * (len(given) != 1)}"


def suggest_form(given: tuple[Any, ...], point: Point) -> str:
    """Suggest how to return as many gradients as there are inputs."""
    if len(given) == 1 and not is_array_like(given[0]) and given[0] is not None:
        return "Return a tuple of arrays, in the order of the inputs of forward."
    return "Return None for an input that has none."


def suggest_shape_fix(got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """Suggest what usually gives one shape where the other is expected."""
    if got[::-1] == wanted:
        return "It is transposed."
    ones = tuple(n for n in got if n != 1) == tuple(n for n in wanted if n != 1)
    if len(got) > len(wanted):
        kept = ", and look at keepdims" if ones else ""
        return f"Sum over the axes along which forward broadcast it{kept}."
    return "Axes of length one were kept or dropped: look at keepdims." if ones else ""
