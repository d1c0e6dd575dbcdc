"""Values: points of a dyadic grid ordered from simple to complex, of several kinds, mapped into the domain of each
input."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.domain import Domain, allow_any_direction
from gradcheck.declaration.shape import NameValues
from gradcheck.generation.configuration import Configuration, PinnedChoices

ValueKind = str
VALUE_KINDS: tuple[ValueKind, ...] = ("plain", "ties", "wide", "bounds")
"""plain: all different in size, none zero; wide: as plain, but each input at its own magnitude and with all digits of
float64; ties: a few values many times, zero among them; bounds: as ties, but 64 times larger, where domains end.  Half
of the cases of these kinds are free of ties, a quarter cannot be represented in float32."""
SIGNED_PALETTE = np.array([0.0, -0.0, 0.5, -0.5, 1.0, -1.0])
UPSTREAM_EXPONENTS, SCALED_UPSTREAMS = (-40, 40), ("scattered", "level", "sorted")
"""Magnitudes of upstreams, 1e-12 to 1e12, and the kinds of values beside which they have them."""
BESIDE = 2.0**-20
ENDS_OF = 12
"""One element in so many lies at the lower end of its domain, one at the upper, and one beside each."""
FAR_POINT = 2.0**64
"""Beyond the ends of every interval that is meant."""
FAR_EXPONENTS = (-30, 20)
"""Magnitudes of single elements: 1e-9 to 1e6."""


def build_simplicity_grid() -> Values:
    """Return 0, ±1, ±2, ±3, ±4, then halves, quarters … down to steps of 2^-10: exact in float32, far above any
    difference step, short to read."""
    steps = np.arange(1, 4097)
    order = np.lexsort((steps, 10 - np.log2(steps & -steps).clip(max=10)))
    sizes = steps[order] / 1024
    return np.concatenate([[0.0], np.stack([sizes, -sizes], axis=1).ravel()])


GRID = build_simplicity_grid()
GOLDEN_STEP = 648_055  # about 2^20 divided by the golden ratio, and odd: its multiples lie far apart
PALETTE_SIZE = 5  # 0, ±1, ±2: few enough to tie in every array


def remove_ties(indices: Values) -> Values:
    """Return grid points, each index moved up to the next size that is neither zero nor in use; where the grid is
    exhausted, ties remain."""
    sizes = (indices + 1) // 2
    if sizes.size < len(GRID) and len({0, *sizes.tolist()}) <= len(sizes):
        sizes = np.fromiter(choose_untaken_sizes(sizes.tolist()), np.int64, len(sizes))
    return np.asarray(GRID[np.maximum(2 * sizes - (indices % 2), 1)])


def choose_untaken_sizes(sizes: Sequence[int]) -> Iterator[int]:
    """Yield the sizes, each moved up to the next that is neither zero nor in use while there is one."""
    used, most = {0}, len(GRID) // 2
    for size in sizes:
        while size in used and len(used) <= most:
            size = size % most + 1
        used.add(size)
        yield size


def fill_all_digits(points: Values) -> Values:
    """Return points moved by less than a millionth of themselves, each by another share, so that a cast to float32
    changes them."""
    return np.asarray(
        points * (1 + (np.arange(1, points.size + 1) * GOLDEN_STEP % 2**20).reshape(points.shape) * 2.0**-40)
    )


def make_points(kind: ValueKind, indices: Values, exponents: Values) -> Values:
    """Return points from grid indices; exponents scale them where the kind is wide."""
    if kind == "plain":
        return remove_ties(indices)
    if kind == "wide":
        return fill_all_digits(remove_ties(indices) * 2.0**exponents)
    palette = GRID[indices % PALETTE_SIZE]
    return palette * 64 if kind == "bounds" else palette


def map_to_domains(
    configuration: Configuration, points: Values, arrange: Callable[[list[Values]], list[Values]] = list
) -> dict[str, Values]:
    """Return the inputs of a configuration, cut from one vector of points, arranged and mapped into their domains."""
    cuts = np.cumsum(count_elements(configuration))[:-1]
    shapes = configuration.shapes.values()
    arrays = arrange([part.reshape(shape) for part, shape in zip(np.split(points, cuts), shapes, strict=True)])
    return {
        label: np.asarray(configuration.arrays[label].domain.map(a, configuration.names))
        for label, a in zip(configuration.shapes, arrays, strict=True)
    }


def count_elements(configuration: Configuration) -> list[int]:
    """Return the number of elements of each input."""
    return [math.prod(shape) for shape in configuration.shapes.values()]


def repeat_exponents(per_input: Values, configuration: Configuration) -> Values:
    """Return one exponent per element, each input's exponent repeated for all its elements."""
    return np.repeat(per_input, count_elements(configuration))


def make_pinned_inputs(
    configuration: Configuration, kind: ValueKind, counter: PinnedChoices, constants: Sequence[float] = ()
) -> Mapping[str, Values]:
    """Return inputs of one kind drawn from a counter.  constants: numbers in the code of the op, for the kind
    "constants"; without any, "signed" stands for it."""
    if kind == CONSTANTS and not constants:
        kind = "signed"
    scale = np.array([counter.choose(-8, 8) for _ in configuration.shapes])
    indices = counter.draw_whole_numbers(sum(count_elements(configuration)), len(GRID))
    if kind == CONSTANTS:
        points = scatter_constants(constants, make_points("plain", indices, indices), counter)
        return map_to_domains(configuration, points)
    if kind in ARRANGEMENTS:
        return arrange_points(configuration, kind, indices, counter)
    points = make_points(kind, indices, repeat_exponents(scale, configuration))
    if kind == "ties":
        return map_to_domains(configuration, points, lambda arrays: clear_lone_elements(arrays, counter))
    inputs = map_to_domains(configuration, points)
    if kind == "bounds":
        domains = {label: array.domain for label, array in configuration.arrays.items()}
        return {
            label: meet_ends(domains[label], a, counter)
            if domains[label].gradient
            else choose_ends(domains[label], a, configuration.names, counter)
            for label, a in inputs.items()
        }
    return inputs


def meet_ends(domain: Domain, a: Values, counter: PinnedChoices) -> Values:
    """Return an input of which some elements lie at an end of the domain, or a step inside; as it is where the domain
    is no interval."""
    place = counter.draw_whole_numbers(a.size, ENDS_OF).reshape(a.shape)
    if domain.names or domain.free or domain.tangent is not allow_any_direction or not a.size:
        return a
    low, farther_low, high, farther_high = (
        domain.map(np.full_like(a, end), {}) for end in (-FAR_POINT, -2 * FAR_POINT, FAR_POINT, 2 * FAR_POINT)
    )
    is_interval = (low == low.flat[0]) & (high == high.flat[0]) & (low < high)
    if not np.all(is_interval & (low == farther_low) & (high == farther_high)):
        return a
    step = (high - low) * BESIDE
    places = [place == 0, place == 1, place == 2, place == 3]
    return np.asarray(np.select(places, [low, high, low + step, high - step], a))


def choose_ends(domain: Domain, a: Values, names: NameValues, counter: PinnedChoices) -> Values:
    """Return an input of whole numbers, as of labels or a mask, that are all the least, all the greatest, or each one
    of both; every fourth time, or where the domain is of other numbers, as it was."""
    choice, is_last = counter.choose(0, 3), counter.draw_whole_numbers(a.size, 2).reshape(a.shape) == 1
    if not choice or np.any(a != np.rint(a)):
        return a
    points = GRID.reshape(-1, *[1] * a.ndim)  # an input of one element for each
    lawful = domain.map(points, names)
    if lawful.shape != points.shape:  # as of a point that is given
        return a
    first, last = GRID[np.argmin(lawful)], GRID[np.argmax(lawful)]
    return np.asarray(domain.map(np.where((is_last | (choice == 1)) & (choice != 2), last, first), names))


def scatter_constants(constants: Sequence[float], points: Values, counter: PinnedChoices) -> Values:
    """Return points half of which are constants, or a little beside them."""
    chosen = np.array(constants)[counter.draw_whole_numbers(points.size, len(constants))]
    place = counter.draw_whole_numbers(points.size, 8)  # four in eight as they were, two exact, one on each side
    beside = chosen * (1 + np.choose(np.maximum(place - 4, 0), [0, 0, BESIDE, -BESIDE]))
    return np.where(place < 4, points, beside)


def arrange_points(
    configuration: Configuration, kind: ValueKind, indices: Values, counter: PinnedChoices
) -> Mapping[str, Values]:
    """Return inputs of an arranged kind from grid indices; but for TOGETHER, every other time only one of them is
    arranged."""
    points = make_points("plain", indices, indices)
    alone = counter.choose(0, max(len(configuration.shapes) - 1, 0)) if counter.choose(0, 1) else None

    def arrange(arrays: list[Values]) -> list[Values]:
        arranged = ARRANGEMENTS[kind](arrays, counter)
        if kind in ORDERS:
            arranged = clear_lone_elements(arranged, counter)
        if alone is None or kind in TOGETHER:
            return arranged
        return [b if i == alone else a for i, (a, b) in enumerate(zip(arrays, arranged, strict=True))]

    return map_to_domains(configuration, points, arrange)


def clear_lone_elements(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return arrays, those of one element zero every other time: such an element has nothing to tie with."""
    return [a * counter.choose(0, 1) if a.size == 1 else a for a in arrays]


def draw_signed(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return zeros of both signs, halves and ones."""
    return [SIGNED_PALETTE[counter.draw_whole_numbers(a.size, len(SIGNED_PALETTE))].reshape(a.shape) for a in arrays]


def scatter_magnitudes(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return elements each of its own magnitude."""
    return [fill_all_digits(a * 2.0 ** draw_exponents(a, counter) / 4) for a in arrays]


def draw_exponents(a: Values, counter: PinnedChoices) -> Values:
    """Draw an exponent for each element; one is the least of FAR_EXPONENTS, and one the largest."""
    least, most = FAR_EXPONENTS
    exponents = least + counter.draw_whole_numbers(a.size, most - least + 1)
    for end in FAR_EXPONENTS if a.size else ():
        exponents[counter.choose(0, a.size - 1)] = end
    return exponents.reshape(a.shape)


def level_elements(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return arrays of equal elements."""
    return [np.full_like(a, a.flat[0]) if a.size else a for a in arrays]


def level_rows(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return arrays of two different rows, each repeated."""
    return [a[(np.arange(len(a)) >= counter.choose(1, max(len(a) - 1, 1))) * 1] if a.ndim else a for a in arrays]


def clear_rows(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return arrays some rows of which are zero."""
    kept = [counter.draw_whole_numbers(len(a) if a.ndim else 1, 2) for a in arrays]
    return [
        np.where(k.reshape(-1, *[1] * (a.ndim - 1)) if a.ndim else k[0], a, 0.0)
        for a, k in zip(arrays, kept, strict=True)
    ]


def scatter_zeros(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return arrays most elements of which are zero."""
    return [np.where(counter.draw_whole_numbers(a.size, 4).reshape(a.shape) == 0, a, 0.0) for a in arrays]


def equal_inputs(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return inputs that are equal where their shapes are."""
    first: dict[tuple[int, ...], Values] = {}
    return [first.setdefault(a.shape, a) for a in arrays]


def oppose_inputs(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return inputs that are each the negative of the first of their shape, or every other time of the last before."""
    last: dict[tuple[int, ...], Values] = {}
    alternates = counter.choose(0, 1)
    opposed = []
    for a in arrays:
        opposed.append(-last[a.shape] if a.shape in last else a)
        if alternates or a.shape not in last:
            last[a.shape] = opposed[-1]
    return opposed


def sort_elements(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return arrays whose elements rise, or fall."""
    step = 1 - 2 * counter.choose(0, 1)
    return [np.sort(a, axis=None)[::step].reshape(a.shape) for a in arrays]


def keep_one_element(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return arrays of zeros with one other element."""
    places = [counter.choose(0, max(a.size - 1, 0)) for a in arrays]
    return [np.where(np.arange(a.size).reshape(a.shape) == i, a, 0.0) for a, i in zip(arrays, places, strict=True)]


def choose_sign(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return arrays of one sign, all negative or all positive."""
    sign = 1 - 2 * counter.choose(0, 1)
    return [sign * np.abs(a) for a in arrays]


ARRANGEMENTS: Mapping[ValueKind, Callable[[list[Values], PinnedChoices], list[Values]]] = {
    "signed": draw_signed,
    "scattered": scatter_magnitudes,
    "level": level_elements,
    "level rows": level_rows,
    "zero rows": clear_rows,
    "sparse": scatter_zeros,
    "equal inputs": equal_inputs,
    "opposite inputs": oppose_inputs,
    "sorted": sort_elements,
    "one": keep_one_element,
    "one sign": choose_sign,
}
"""Kinds of values that single mistakes want."""
ORDERS = ("level", "level rows", "zero rows", "sparse", "sorted", "one")
"""Those that say nothing of one element alone."""
PAIRED_KINDS = ("equal inputs", "opposite inputs")
"""Those that want inputs of equal shapes."""
TOGETHER = (*PAIRED_KINDS, "scattered")
"""Those that are of all inputs."""
CONSTANTS = "constants"
ARRANGED_KINDS = (*ARRANGEMENTS, CONSTANTS)


def make_pinned_upstream(
    outputs: tuple[Values, ...], counter: PinnedChoices, kind: ValueKind = "plain"
) -> tuple[Values, ...]:
    """Return an upstream for these outputs drawn from a counter: no zeros, random signs; beside an arranged kind, every
    other time arranged alike; beside SCALED_UPSTREAMS of any magnitude, every other time the least or the largest."""
    plain = [GRID[1 + counter.draw_whole_numbers(y.size, len(GRID) - 1)].reshape(y.shape) for y in outputs]
    if kind in SCALED_UPSTREAMS:
        end, within = UPSTREAM_EXPONENTS[counter.choose(0, 1)], counter.choose(*UPSTREAM_EXPONENTS)
        scale = 2.0 ** (end if counter.choose(0, 1) else within)
        return tuple(fill_all_digits(scale * u) for u in plain)
    if kind in ARRANGEMENTS and kind not in PAIRED_KINDS and counter.choose(0, 1):
        plain = ARRANGEMENTS[kind](plain, counter)
    return tuple(fit_upstream_to_kind(kind, u) for u in plain)


def fit_upstream_to_kind(kind: ValueKind, upstream: Values) -> Values:
    """Return the upstream, with all digits of float64 where the inputs of this kind have them."""
    return fill_all_digits(upstream) if kind in ("wide", *SCALED_UPSTREAMS) else upstream
