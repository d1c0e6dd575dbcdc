"""Hypotheses of terms and factors: the claimed gradient, the right one or their difference is a product of what the op
is given and gives."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations_with_replacement

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause, Hypothesis
from gradcheck.causes.hypotheses.coefficients import find_formulas, list_coefficients
from gradcheck.causes.hypotheses.named_axes import (
    NamedArray,
    contract,
    describe_product,
    drop_single,
    measure_axes,
    name_inputs,
    read_axis_names,
    read_output_axes,
    tell_repeated,
)
from gradcheck.causes.wrong_case import RELATIVE_TOLERANCE, WrongCase, replace_input

MOST_PRODUCT_FACTORS = 2
"""Factors of a product besides the upstream."""

MOST_ATOMS = 14
"""Arrays of which products are made."""

LABEL_ONE = "the one at {}"
"""How the one-hot array of an input of indices is told."""


@dataclass(frozen=True)
class Product:
    """A product of some factors in the shape of an input.  words: what it is; names: those of its factors."""

    words: str
    names: tuple[str, ...]
    values: Values


def list_products(case: WrongCase, i: int) -> list[Product]:
    """Return the products of the upstream of one output and up to two other arrays, and those without an upstream, in
    the shape of input i; each description once for each way to name the axes of outputs."""
    found: list[Product] = case.evaluator.compute_once(("products", i), lambda: compute_products(case, i))
    return found


def compute_products(case: WrongCase, i: int) -> list[Product]:
    """Compute these products."""
    inputs = name_inputs(case)
    x = case.inputs[i]
    target = read_axis_names(case.labels[i], case.op.array(case.labels[i]).axes, x.ndim)
    lengths = measure_axes(inputs)
    found = dict[tuple[str, bytes], Product]()
    for reading in read_outputs(case, lengths):
        upstreams, outputs = reading
        atoms = [*list_atoms(case, inputs), *outputs][:MOST_ATOMS]
        for count in range(MOST_PRODUCT_FACTORS + 1):
            for others in filter(is_sensible, combinations_with_replacement(atoms, count)):
                for factors in [*([u, *others] for u in upstreams), list(others)]:
                    made = make_product(factors, target, x) if factors else None
                    if made is not None:
                        found.setdefault((made.words, made.values.tobytes()), made)
    return list(found.values())


def is_sensible(others: Sequence[NamedArray]) -> bool:
    """Whether no array of ones and zeros is a factor twice."""
    hot = [a.words for a in others if a.words.startswith(LABEL_ONE.format(""))]
    return len(hot) == len(set(hot))


def make_product(factors: Sequence[NamedArray], target: Sequence[str], x: Values) -> Product | None:
    """Make one product; None where lengths do not fit, or it is not finite."""
    kept = [drop_single(a) for a in factors]
    with np.errstate(all="ignore"):
        values = contract(kept, target, x.shape)
    if values is None or not np.isfinite(values).all():
        return None
    return Product(describe_product(kept, target), tuple(a.words for a in factors), np.array(values))


def read_outputs(case: WrongCase, lengths: dict[str, int]) -> Iterator[tuple[list[NamedArray], list[NamedArray]]]:
    """Yield upstreams and outputs with the names of their axes, for each way to name them."""
    readings = [
        [*read_output_axes(u.shape, lengths, name)] for name, u in zip(case.op.outputs, case.upstream, strict=True)
    ]
    for row in range(max((len(r) for r in readings), default=0)):
        axes = [tell_repeated(r[min(row, len(r) - 1)]) if r else () for r in readings]
        if all(len(names) == u.ndim for names, u in zip(axes, case.upstream, strict=True)):
            several = len(case.upstream) > 1
            yield (
                [
                    NamedArray(f"upstream of {name}" if several else "upstream", u, names)
                    for name, u, names in zip(case.op.outputs, case.upstream, axes, strict=True)
                ],
                [NamedArray(name, y, a) for name, y, a in zip(case.op.outputs, case.outputs, axes, strict=True)],
            )


def list_atoms(case: WrongCase, inputs: Sequence[NamedArray]) -> list[NamedArray]:
    """Return the arrays that an op is given, and one-hot arrays of its indices."""
    atoms = list[NamedArray]()
    for a in inputs:
        names = case.op.array(a.words).domain.names
        if a.values.dtype.kind in "iu" and len(names) == 1:
            atoms += expand_labels(case, a, next(iter(names)))
        elif a.values.dtype.kind in "fb" or a.values.dtype.kind in "iu":
            atoms.append(NamedArray(a.words, a.values.astype(float), a.axes))
    return atoms


def expand_labels(case: WrongCase, a: NamedArray, name: str) -> list[NamedArray]:
    """Return the one-hot array of indices into an axis; none where no axis has that name."""
    length = measure_axes(name_inputs(case)).get(name)
    if length is None or name in a.axes:
        return []
    hot = np.asarray(a.values[..., None] == np.arange(length), float)
    return [NamedArray(LABEL_ONE.format(a.words), hot, (*a.axes, name))]


def propose_label_terms(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that what is subtracted or added at the label is missing or too many."""
    if any(case.op.array(label).domain.names for label in case.labels):
        yield from propose_products_as_terms(case, i, with_labels=True)


def propose_terms(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that another product is missing from the gradient or too many in it, with a coefficient."""
    yield from propose_products_as_terms(case, i, with_labels=False)


def propose_products_as_terms(case: WrongCase, i: int, with_labels: bool) -> Iterator[Hypothesis]:
    """Propose that a product is missing or too many, where it has, or has not, a one at the label."""
    claimed, expected = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.shape != expected.shape or not np.isfinite(claimed).all():
        return
    if case.suspects is not None and TERM_CAUSES.isdisjoint(c.name for c in case.suspects if isinstance(c, Cause)):
        return
    coefficients = list_coefficients(case)
    for term in list_products(case, i):
        if has_label(term) is not with_labels:
            continue
        for formula in choose_formulas(case, i, term, claimed - expected, coefficients):
            for cause in describe_term(case, i, term, formula):
                if case.suspects is None or cause in case.suspects:
                    yield Hypothesis(cause, expected + coefficients[formula] * term.values)


TERM_CAUSES = frozenset(
    {"term-missing", "term-added", "term-sign", "path-missing", "one-hot-missing", "own-class-counted"}
    | {"regularisation-missing", "regularisation-bias"}
)
"""The names of the causes that are terms."""


def has_label(term: Product) -> bool:
    """Whether a factor of a product is the one at a label."""
    return any(name.startswith(LABEL_ONE.format("")) for name in term.names)


def choose_formulas(
    case: WrongCase, i: int, term: Product, difference: Values, coefficients: dict[str, float]
) -> list[str]:
    """Return the formulas of the coefficient by which a product explains the difference of two gradients; where both
    vanish, all of them, of which a case before this one has left few."""
    size = float(np.sum(term.values**2))
    if size == 0 or (case.suspects is not None and not case.is_wrong(i)):
        return [] if case.suspects is None else list(coefficients)
    fitted = float(np.sum(difference * term.values)) / size
    largest = max(np.max(np.abs(case.expected(i).value), initial=0.0), np.max(np.abs(difference), initial=0.0))
    error = RELATIVE_TOLERANCE * largest + 4 * np.max(case.expected(i).error, initial=0.0)
    if not np.all(np.abs(difference - fitted * term.values) <= error):
        return []
    return find_formulas(coefficients, fitted, error / np.sqrt(size / term.values.size))


def describe_term(case: WrongCase, i: int, term: Product, formula: str) -> list[Cause]:
    """Describe a term that is missing, where its coefficient is negative, or too many: in words, of which a case before
    this one may have left one."""
    bare = formula.removeprefix("-")
    text = term.words if bare == "1" else f"{bare} * {term.words}"
    missing = formula.startswith("-")
    names = Counter(term.names)
    own = case.labels[i]
    ups = [name for name in names if name.startswith("upstream")]
    if has_label(term):
        return describe_label_term(case, i, text, bare, missing)
    if set(names) <= {own, *ups} and names[own] == 1:
        return [describe_own_term(case, i, text, bare, missing)]
    if len(names) == 1 and ups and missing and bare == "1":
        words = f"the {ups[0]} is not added: one way back, as that of a residual, is missing"
        return [Cause("path-missing", words, "Add the upstream.")]
    if missing:
        return [Cause("term-missing", f"the term {text} is missing", "Add it.")]
    return [Cause("term-added", f"there is a term too many: {text}", "Leave it out.")]


def describe_own_term(case: WrongCase, i: int, text: str, bare: str, missing: bool) -> Cause:
    """Describe a multiple of the input itself, as a penalty on its squares brings in."""
    strengthened = any(name in bare for name in case.settings)
    if missing:
        name = "regularisation-missing" if strengthened else "term-missing"
        return Cause(name, f"the term {text} is missing, as that of a regularisation", "Add it.")
    if strengthened and case.inputs[i].ndim <= 1:
        words = f"there is a term too many: {text}, a regularisation that the forward does not have"
        return Cause("regularisation-bias", words, "Leave it out, or add it to the forward.")
    return Cause("term-added", f"there is a term too many: {text}", "Leave it out.")


def describe_label_term(case: WrongCase, i: int, text: str, bare: str, missing: bool) -> list[Cause]:
    """Describe a term with the ones at the labels: what is subtracted there is missing, or was added; where the op is
    made of straight pieces in the first case, as a loss with margins, the class of the label is counted itself."""
    counted = "Leave the class of the label out of the sum."
    if missing:
        missed = Cause("term-missing", f"the term {text} is missing", "Add it.")
        words = f"the class of the label counts itself: {text} is subtracted once too often"
        own = Cause("own-class-counted", words, counted)
        return [missed, own] if case.suspects is not None else [own if is_made_of_pieces(case, i, 2) else missed]
    words = f"the class of the label is counted among the others: there is {text} too much"
    own = Cause("own-class-counted", words, counted)
    smooth = Cause("one-hot-missing", f"what is subtracted at the label is missing: {text}", "Subtract it.")
    if bare.startswith("2"):
        words = f"the one at the label is added where it must be subtracted: there is {text} too much"
        smooth = Cause("term-sign", words, "Subtract it.")
    return [own, smooth] if case.suspects is not None else [own if is_made_of_pieces(case, i, 1) else smooth]


def is_made_of_pieces(case: WrongCase, i: int, degree: int) -> bool:
    """Whether the outputs are made of straight pieces in an input, or of parabolas, degree 2, as those of a loss with
    margins: the differences of their derivatives at points nearby vanish."""
    x = case.inputs[i]
    moved = [replace_input(case.inputs, i, x * (1 + step * NEARBY)) for step in (1, 2)[:degree]]
    others = [case.evaluator.compute_once(("nearby", i, k), partial(case.changed, p)) for k, p in enumerate(moved)]
    if any(other is None for other in others):
        return False
    estimates = [one.jacobian(i) for one in (case, *others)]
    error = 4 * max(float(np.max(e.error, initial=0.0)) for e in estimates) * 2**degree
    largest = max(float(np.max(np.abs(e.value), initial=0.0)) for e in estimates)
    differences = np.diff([e.value for e in estimates], n=degree, axis=0)
    return bool(np.all(np.abs(differences) <= RELATIVE_TOLERANCE * largest + error))


NEARBY = 2.0**-10
"""The relative distance of a point nearby."""


def propose_other_products(case: WrongCase, i: int) -> Iterator[Hypothesis]:
    """Propose that the gradient, which is one product, has a factor too few or too many, or another one in its
    place."""
    claimed, expected = case.claimed[i], case.expected(i).value
    if claimed is None or claimed.shape != expected.shape or not np.isfinite(claimed).all() or claimed.size < 2:
        return
    products = [p for p in list_products(case, i) if p.values.any()]
    right = [(p, sign) for p in products for sign in (1.0, -1.0) if case.are_equal(i, sign * p.values, expected)]
    if not right:
        return
    for other in products:
        for p, sign in right:
            if case.are_equal(i, sign * other.values, claimed):
                cause = describe_other_factor(p, other)
                if cause is not None:
                    yield Hypothesis(cause, sign * other.values)


def describe_other_factor(right: Product, other: Product) -> Cause | None:
    """Describe which factor of the right product another one lacks, has too many, or has in place of one."""
    lost = list((Counter(right.names) - Counter(other.names)).elements())
    won = list((Counter(other.names) - Counter(right.names)).elements())
    is_said = f"it is {other.words}, and must be {right.words}"
    if len(lost) == 1 and not won:
        ups = lost[0].startswith("upstream")
        name = "upstream-ignored" if ups else "power" if lost[0] in other.names else "factor-missing"
        return Cause(name, f"the factor {lost[0]} is missing: {is_said}", "Multiply by it.")
    if len(won) == 1 and not lost:
        ups = won[0].startswith("upstream")
        name = "upstream-twice" if ups else "power" if won[0] in right.names else "factor-extra"
        return Cause(name, f"there is a factor {won[0]} too many: {is_said}", "Leave it out.")
    if len(won) == len(lost) == 1:
        words = f"{won[0]} is used in place of {lost[0]}: {is_said}"
        return Cause("wrong-variable", words, f"Use {lost[0]}.")
    return None
