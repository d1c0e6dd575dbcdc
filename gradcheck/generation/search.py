"""Search: Hypothesis draws layouts to examine, and shrinks a failing case to the smallest counterexample."""

import math
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from gradcheck.arrays import Values, unflatten
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.configuration import Counter, Layout, draw_layout
from gradcheck.generation.values import (
    GRID,
    KINDS,
    PALETTE,
    Kind,
    counted_inputs,
    counted_upstream,
    elements,
    exponents,
    mapped,
    of_kind,
    points_of_kind,
)
from gradcheck.records.case import Case

FEWEST_LAYOUTS = 12  # however few the examples: bugs hide in shapes more than in values
DRAWS, IN_VAIN = 3, 24  # draws for each layout that is wanted, since Hypothesis likes to repeat itself; and in a row
ROWS = 2**16  # numbers that stand for layouts
FEW_DRAWS = 32  # draws of Hypothesis beyond which each stands for several layouts
MOST_DRAWN = 128  # elements drawn one by one while shrinking; above, one seed stands for all of them
MOST_CALLS = 400  # of the code under test, in shrinking one finding
PASSES = 3  # a pass ends where no single step leads to a smaller case; the next starts elsewhere
ATTEMPTS = 100  # cases tried to meet a finding again before it is reported as it was found


class Planned:
    """A Source for which Hypothesis draws one number that stands for all choices, the simplest ones for 0: it costs
    more to draw them one by one than to check a case, and the first options would come again and again."""

    def __init__(self, op: Op, row: int) -> None:
        self.row, self.counter = row, Counter(op.name, row)

    def pattern(self, least: int, most: int) -> int:
        """A choice of this row."""
        return self.counter.pattern(least, most) if self.row else least

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is in this row."""
        return self.pattern(least, most)


class Free:
    """A Source that Hypothesis draws all choices for, with no axis longer than `longest` where that is lawful."""

    def __init__(self, draw: Callable[[int, int], int], longest: int) -> None:
        self.pattern, self.longest = draw, longest

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is."""
        return self.pattern(least, max(least, min(most, self.longest)))


def hypothesis_settings(examples: int, shrink: bool) -> Any:
    """Settings of our own, whatever profile is loaded: no database, no deadline, nothing printed."""
    import hypothesis as h  # noqa: PLC0415

    phases = [h.Phase.generate, h.Phase.shrink] if shrink else [h.Phase.generate]
    return h.settings(
        max_examples=examples,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=h.Verbosity.quiet,
        suppress_health_check=list(h.HealthCheck),
        backend="hypothesis",
    )


def drawer(draw: Any) -> Callable[[int, int], int]:
    """Whole numbers from Hypothesis, `least` the simplest."""
    import hypothesis.strategies as st  # noqa: PLC0415

    return lambda least, most: least if least == most else int(draw(st.integers(least, most)))


def layouts(op: Op, count: int, seed: int) -> list[Layout]:
    """Up to `count` different layouts, fewer where the declaration has no more, or they are hard to meet."""
    import hypothesis.strategies as st  # noqa: PLC0415

    seen: dict[Any, Layout] = {}
    in_vain = 0

    def collect(drawn: list[Layout]) -> None:
        nonlocal in_vain
        for layout in drawn:
            in_vain = in_vain + 1 if layout.key in seen else 0
            seen.setdefault(layout.key, layout)
            if len(seen) == count or in_vain == IN_VAIN * rows:
                raise Enough

    rows = max(1, count // FEW_DRAWS)
    drawn = st.integers(0, ROWS - 1).map(
        lambda row: [draw_layout(op, Planned(op, row + k * ROWS)) for k in range(rows)]
    )
    with suppress(Enough):
        explore(collect, drawn, f"{seed}:{op.name}", hypothesis_settings(DRAWS * count, shrink=False))
    return list(seen.values())


def explore(property: Callable[[Any], None], strategy: Any, seed: str, settings: Any) -> None:
    """Run a property on draws from a strategy."""
    import hypothesis as h  # noqa: PLC0415

    decorators: Any = h
    run = decorators.seed(zlib.crc32(seed.encode()))(settings(decorators.given(strategy)(property)))
    with no_constants_of_the_caller():
        run()


@contextmanager
def no_constants_of_the_caller() -> Iterator[None]:
    """Hypothesis also draws the constants that it finds in the source of whatever modules are loaded, so that the
    cases of a seed would depend on who asks for them; there is no public switch.  Where its insides are other than
    expected, nothing is done."""
    from hypothesis.internal.conjecture import providers  # noqa: PLC0415

    module: Any = providers
    names = ("_get_local_constants", "CONSTANTS_CACHE", "Constants")
    if not all(hasattr(module, name) for name in names):
        yield
        return
    before = module._get_local_constants, module.CONSTANTS_CACHE
    module._get_local_constants, module.CONSTANTS_CACHE = module.Constants, type(before[1])(1024)
    try:
        yield
    finally:
        module._get_local_constants, module.CONSTANTS_CACHE = before


def cases(op: Op, examples: int, seed: int) -> Iterator[Case]:
    """`examples` cases: every layout with every kind of values in turn."""
    drawn = layouts(op, max(math.ceil(examples / len(KINDS)), min(examples, FEWEST_LAYOUTS)), seed)
    for i in range(examples):
        kind = KINDS[(i % len(drawn) + i // len(drawn)) % len(KINDS)]
        yield counted_case(op, drawn[i % len(drawn)], kind, Counter(seed, op.name, i))


def inputs_only(op: Op, layout: Layout, kind: Kind, counter: Counter) -> Case:
    """A case whose values come from a counter, still without an upstream."""
    return Case(op.name, counted_inputs(layout, kind, counter), (), layout.settings, int(counter.whole(1, 2**31)[0]))


def counted_case(op: Op, layout: Layout, kind: Kind, counter: Counter) -> Case:
    """A case whose values come from a counter."""
    case = inputs_only(op, layout, kind, counter)
    return with_upstream(op, case, lambda outputs: counted_upstream(outputs, counter, kind))


def with_upstream(op: Op, case: Case, draw: Callable[[tuple[Values, ...]], tuple[Values, ...]]) -> Case:
    """The case with an upstream of the outputs' shapes; without one where forward does not run."""
    try:
        return case.at(case.point, draw(Evaluator(op, case).outputs(case.point)))
    except (UserError, Malformed):
        return case


class Falsified(Exception):
    """The finding is still there."""


class Enough(BaseException):
    """The budget of calls is spent.  Not an Exception, so that Hypothesis lets it through."""


def shrink(op: Op, found: Case, fails: Callable[[Case], bool], seed: int) -> Case:
    """The smallest case that Hypothesis meets on which fails(case) holds; `found` where it meets none.

    Each pass looks at MOST_CALLS cases at the most, none of them larger than what the pass before it left."""
    best = found
    for number in range(PASSES):
        before = best
        best = shrink_once(op, before, fails, f"{seed}:{op.name}:shrink {number}")
        if best.size == before.size:
            break
    return best


def shrink_once(op: Op, found: Case, fails: Callable[[Case], bool], seed: str) -> Case:
    """One pass; it ends where the code under test answers otherwise than before."""
    from hypothesis.errors import Flaky  # noqa: PLC0415

    longest = max((n for a in found.point for n in a.shape), default=1)
    best, calls = found, 0

    def property(case: Case) -> None:
        nonlocal best, calls
        calls += 1
        if calls > MOST_CALLS:
            raise Enough
        if case.size <= found.size and fails(case):
            best = case
            raise Falsified

    with suppress(Falsified, Enough, Flaky):
        explore(property, drawn_cases(op, longest), seed, hypothesis_settings(ATTEMPTS, shrink=True))
    return best


def drawn_cases(op: Op, longest: int) -> Any:
    """A strategy for whole cases, every choice shrinkable."""
    import hypothesis.strategies as st  # noqa: PLC0415

    @st.composite
    def build(draw: Any) -> Case:
        layout = draw_layout(op, Free(drawer(draw), longest))
        kind = draw(st.sampled_from(("ties", "plain", "wide", "bounds")))  # the roundest first
        count = sum(elements(layout))
        indices = draw_indices(draw, count, PALETTE if kind in ("ties", "bounds") else len(GRID))
        scale = np.array([draw(st.integers(-8, 8)) if kind == "wide" else 0 for _ in layout.shapes])
        inputs = mapped(layout, points_of_kind(kind, indices, exponents(scale, layout)))
        case = Case(op.name, inputs, (), layout.settings, draw(st.integers(0, 255)))
        return with_upstream(op, case, lambda outputs: draw_upstream(draw, outputs, kind))

    return build()


def draw_upstream(draw: Any, outputs: tuple[Values, ...], kind: Kind) -> tuple[Values, ...]:
    """An upstream for these outputs: one element that is not zero, or, less simply, any values."""
    import hypothesis.strategies as st  # noqa: PLC0415

    total = sum(y.size for y in outputs)
    if draw(st.booleans()) or not total:
        values = GRID[draw_indices(draw, total, len(GRID))]
    else:
        values = np.zeros(total)
        values[draw(st.integers(0, total - 1))] = GRID[1 + draw(st.integers(0, len(GRID) - 2))]
    return unflatten(of_kind(kind, values), outputs)


def draw_indices(draw: Any, count: int, below: int) -> Values:
    """Grid indices one by one, or by a seed where they are many."""
    import hypothesis.strategies as st  # noqa: PLC0415

    if count > MOST_DRAWN:
        return Counter(draw(st.integers(0, 2**32 - 1))).whole(count, below)
    return np.array(draw(st.lists(st.integers(0, below - 1), min_size=count, max_size=count)), dtype=np.int64)
