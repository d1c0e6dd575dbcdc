"""How little the name of a cause says: of two that explain a gradient, the more specific one is told."""

from gradcheck.causes.cause import Cause

GENERALITY = {
    "constant-factor": 1,
    "axis-shifted": 1,
    "gradient-of-another": 1,
    "setting-ignored": 1,
    "setting-factor": 1,
    "factor-missing": 1,
    "factor-extra": 1,
    "slope-missing": 1,
    "wrong-variable": 1,
    "one-step-only": 1,
    "path-twice": 1,
    "right-only-where": 2,
    "wrong-index": 2,
    "path-missing": 2,
    "term-missing": 2,
    "term-added": 2,
    "term-sign": 2,
}
"""Names of causes that fit many mistakes, and how many more than one of their own do: a factor is missing says less
than a mask is missing, a way back less than a mean."""


OTHER_WORDS = (
    frozenset({"mask-missing", "saturation-ignored", "margin-ignored", "label-ignored", "own-class-counted"}),
    frozenset({"row-sum-missing", "normaliser-constant", "diagonal-jacobian"}),
    frozenset({"factor-missing", "slope-missing", "keep-scale-missing", "setting-factor", "constant-factor"}),
    frozenset({"wrong-variable", "factor-extra", "gradient-of-another"}),
)
"""Names of causes that may be one mistake in other words, so that one of them is told, and not two."""


SAYING_LITTLE = frozenset({"path-missing", "term-missing"})
"""Names of causes that say that a part of the gradient is missing, and not by which mistake."""


def are_other_words(one: Cause, other: Cause) -> bool:
    """Whether two causes may be one mistake in other words."""
    return one.name == other.name or any({one.name, other.name} <= names for names in OTHER_WORDS)


def is_of_operation(cause: Cause) -> bool:
    """Whether a cause is one of an operation of the forward, whose line its words tell."""
    return " (line " in cause.words


def measure_generality(cause: Cause) -> int:
    """Measure how little a cause says by its name: 0 where it names one mistake."""
    return GENERALITY.get(cause.name, 0)


def says_more(edited: Cause, other: Cause) -> bool:
    """Whether the cause of an edit says what is wrong where another one says only that something is missing."""
    return other.name in SAYING_LITTLE and edited.name not in SAYING_LITTLE
