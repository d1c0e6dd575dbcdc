"""Search: Hypothesis draws configurations to examine, and shrinks a failing case to the smallest counterexample."""

import math
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from gradcheck.arrays import Values, unflatten
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.configuration import Configuration, PinnedChoices, draw_configuration
from gradcheck.generation.values import (
    GRID,
    PALETTE_SIZE,
    VALUE_KINDS,
    ValueKind,
    count_elements,
    fit_upstream_to_kind,
    make_pinned_inputs,
    make_pinned_upstream,
    make_points,
    map_to_domains,
    repeat_exponents,
)
from gradcheck.private_interfaces import HYPOTHESIS_SOURCE_CONSTANTS, find_private_interface
from gradcheck.records.case import Case

FEWEST_CONFIGURATIONS = 12  # however few the examples: bugs hide in shapes more than in values
DRAWS_PER_CONFIGURATION, MOST_REPEATED_DRAWS = (
    3,
    24,
)  # draws for each configuration that is wanted, since Hypothesis likes to repeat itself; and in a row
CHOICE_ROWS = 2**16  # numbers that stand for configurations
FEW_DRAWS = 32  # draws of Hypothesis beyond which each stands for several configurations
MOST_DRAWN = 128  # elements drawn one by one while shrinking; above, one seed stands for all of them
MOST_CALLS = 400  # of the code under test, in shrinking one finding
SHRINK_PASSES = 3  # a pass ends where no single step leads to a smaller case; the next starts elsewhere
SHRINK_ATTEMPTS = 100  # cases tried to meet a finding again before it is reported as it was found


class RowChoices:
    """A Source for which Hypothesis draws one number that stands for all choices, the simplest ones for 0: it costs
    more to draw them one by one than to check a case, and the first options would come again and again."""

    def __init__(self, op: Op, row: int) -> None:
        self.row, self.counter = row, PinnedChoices(op.name, row)

    def choose(self, least: int, most: int) -> int:
        """A choice of this row."""
        return self.counter.choose(least, most) if self.row else least

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is in this row."""
        return self.choose(least, most)


class DrawnChoices:
    """A Source that Hypothesis draws all choices for, with no axis longer than `longest` where that is lawful."""

    def __init__(self, draw: Callable[[int, int], int], longest: int) -> None:
        self.choose, self.longest = draw, longest

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is."""
        return self.choose(least, max(least, min(most, self.longest)))


def make_hypothesis_settings(examples: int, shrink: bool) -> Any:
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


def make_integer_drawer(draw: Any) -> Callable[[int, int], int]:
    """Whole numbers from Hypothesis, `least` the simplest."""
    import hypothesis.strategies as st  # noqa: PLC0415

    return lambda least, most: least if least == most else int(draw(st.integers(least, most)))


def draw_configurations(op: Op, count: int, seed: int) -> list[Configuration]:
    """Up to `count` different configurations, fewer where the declaration has no more, or they are hard to meet."""
    import hypothesis.strategies as st  # noqa: PLC0415

    seen: dict[Any, Configuration] = {}
    in_vain = 0

    def collect(drawn: list[Configuration]) -> None:
        nonlocal in_vain
        for configuration in drawn:
            in_vain = in_vain + 1 if configuration.key in seen else 0
            seen.setdefault(configuration.key, configuration)
            if len(seen) == count or in_vain == MOST_REPEATED_DRAWS * rows:
                raise BudgetSpent

    rows = max(1, count // FEW_DRAWS)
    drawn = st.integers(0, CHOICE_ROWS - 1).map(
        lambda row: [draw_configuration(op, RowChoices(op, row + k * CHOICE_ROWS)) for k in range(rows)]
    )
    with suppress(BudgetSpent):
        run_property(
            collect, drawn, f"{seed}:{op.name}", make_hypothesis_settings(DRAWS_PER_CONFIGURATION * count, shrink=False)
        )
    return list(seen.values())


def run_property(property: Callable[[Any], None], strategy: Any, seed: str, settings: Any) -> None:
    """Run a property on draws from a strategy."""
    import hypothesis as h  # noqa: PLC0415

    decorators: Any = h
    run = decorators.seed(zlib.crc32(seed.encode()))(settings(decorators.given(strategy)(property)))
    with ignore_source_constants():
        run()


@contextmanager
def ignore_source_constants() -> Iterator[None]:
    """Hypothesis also draws the constants that it finds in the source of whatever modules are loaded, so that the
    cases of a seed would depend on who asks for them; there is no public switch.  Where its insides are other than
    expected, that is told and nothing is done."""
    if any(find_private_interface(interface) is None for interface in HYPOTHESIS_SOURCE_CONSTANTS):
        yield
        return
    from hypothesis.internal.conjecture import providers  # noqa: PLC0415

    module: Any = providers
    before = module._get_local_constants, module.CONSTANTS_CACHE
    module._get_local_constants, module.CONSTANTS_CACHE = module.Constants, type(before[1])(1024)
    try:
        yield
    finally:
        module._get_local_constants, module.CONSTANTS_CACHE = before


def generate_cases(op: Op, examples: int, seed: int) -> Iterator[Case]:
    """`examples` cases: every configuration with every kind of values in turn."""
    drawn = draw_configurations(
        op, max(math.ceil(examples / len(VALUE_KINDS)), min(examples, FEWEST_CONFIGURATIONS)), seed
    )
    for i in range(examples):
        kind = VALUE_KINDS[(i % len(drawn) + i // len(drawn)) % len(VALUE_KINDS)]
        yield make_pinned_case(op, drawn[i % len(drawn)], kind, PinnedChoices(seed, op.name, i))


def make_case_without_upstream(op: Op, configuration: Configuration, kind: ValueKind, counter: PinnedChoices) -> Case:
    """A case whose values come from a counter, still without an upstream."""
    return Case(
        op.name,
        make_pinned_inputs(configuration, kind, counter),
        (),
        configuration.settings,
        int(counter.draw_whole_numbers(1, 2**31)[0]),
    )


def make_pinned_case(op: Op, configuration: Configuration, kind: ValueKind, counter: PinnedChoices) -> Case:
    """A case whose values come from a counter."""
    case = make_case_without_upstream(op, configuration, kind, counter)
    return add_upstream(op, case, lambda outputs: make_pinned_upstream(outputs, counter, kind))


def add_upstream(op: Op, case: Case, draw: Callable[[tuple[Values, ...]], tuple[Values, ...]]) -> Case:
    """The case with an upstream of the outputs' shapes; without one where forward does not run."""
    try:
        return case.at(case.point, draw(Evaluator(op, case).outputs(case.point)))
    except (UserError, Malformed):
        return case


class Falsified(Exception):
    """The finding is still there."""


class BudgetSpent(BaseException):
    """The budget of calls is spent.  Not an Exception, so that Hypothesis lets it through."""


def shrink_case(op: Op, found: Case, fails: Callable[[Case], bool], seed: int) -> Case:
    """The smallest case that Hypothesis meets on which fails(case) holds; `found` where it meets none.

    Each pass looks at MOST_CALLS cases at the most, none of them larger than what the pass before it left."""
    best = found
    for number in range(SHRINK_PASSES):
        before = best
        best = run_shrink_pass(op, before, fails, f"{seed}:{op.name}:shrink {number}")
        if best.size == before.size:
            break
    return best


def run_shrink_pass(op: Op, found: Case, fails: Callable[[Case], bool], seed: str) -> Case:
    """One pass; it ends where the code under test answers otherwise than before."""
    from hypothesis.errors import Flaky  # noqa: PLC0415

    longest = max((n for a in found.point for n in a.shape), default=1)
    best, calls = found, 0

    def property(case: Case) -> None:
        nonlocal best, calls
        calls += 1
        if calls > MOST_CALLS:
            raise BudgetSpent
        if case.size <= found.size and fails(case):
            best = case
            raise Falsified

    with suppress(Falsified, BudgetSpent, Flaky):
        run_property(
            property, build_case_strategy(op, longest), seed, make_hypothesis_settings(SHRINK_ATTEMPTS, shrink=True)
        )
    return best


def build_case_strategy(op: Op, longest: int) -> Any:
    """A strategy for whole cases, every choice shrinkable."""
    import hypothesis.strategies as st  # noqa: PLC0415

    @st.composite
    def build(draw: Any) -> Case:
        configuration = draw_configuration(op, DrawnChoices(make_integer_drawer(draw), longest))
        kind = draw(st.sampled_from(("ties", "plain", "wide", "bounds")))  # the roundest first
        count = sum(count_elements(configuration))
        indices = draw_indices(draw, count, PALETTE_SIZE if kind in ("ties", "bounds") else len(GRID))
        scale = np.array([draw(st.integers(-8, 8)) if kind == "wide" else 0 for _ in configuration.shapes])
        inputs = map_to_domains(configuration, make_points(kind, indices, repeat_exponents(scale, configuration)))
        case = Case(op.name, inputs, (), configuration.settings, draw(st.integers(0, 255)))
        return add_upstream(op, case, lambda outputs: draw_upstream(draw, outputs, kind))

    return build()


def draw_upstream(draw: Any, outputs: tuple[Values, ...], kind: ValueKind) -> tuple[Values, ...]:
    """An upstream for these outputs: one element that is not zero, or, less simply, any values."""
    import hypothesis.strategies as st  # noqa: PLC0415

    total = sum(y.size for y in outputs)
    if draw(st.booleans()) or not total:
        values = GRID[draw_indices(draw, total, len(GRID))]
    else:
        values = np.zeros(total)
        values[draw(st.integers(0, total - 1))] = GRID[1 + draw(st.integers(0, len(GRID) - 2))]
    return unflatten(fit_upstream_to_kind(kind, values), outputs)


def draw_indices(draw: Any, count: int, below: int) -> Values:
    """Grid indices one by one, or by a seed where they are many."""
    import hypothesis.strategies as st  # noqa: PLC0415

    if count > MOST_DRAWN:
        return PinnedChoices(draw(st.integers(0, 2**32 - 1))).draw_whole_numbers(count, below)
    return np.array(draw(st.lists(st.integers(0, below - 1), min_size=count, max_size=count)), dtype=np.int64)
