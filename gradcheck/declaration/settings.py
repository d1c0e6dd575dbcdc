"""The settings of an op: whole numbers between bounds, choices, and numbers of axes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.declaration.shape import DeclarationError, Expression


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, each a number or an expression; None above means unbounded."""

    least: Expression
    most: Expression | None

    @property
    def names(self) -> frozenset[str]:
        """The names its bounds speak of."""
        return self.least.names | (self.most.names if self.most else frozenset())


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    options: tuple[Any, ...]


@dataclass(frozen=True)
class Rank:
    """The number of axes in a group: "A" in "*A ?D *B" gives the axis that concat joins."""

    group: str


Setting = Whole | Choice | Rank


def whole(least: int | str, most: int | str | None) -> Whole:
    """A setting that is a whole number between two bounds, or the bounds of an axis.

    Parameters
    ----------
    least : int or str
        The lower bound, inclusive.
    most : int, str or None
        The upper bound, inclusive; None for none.  Both may be expressions over axes and settings, such as
        "dilation*(K-1)+1-2*pad".

    Returns
    -------
    Whole
        For `Op` as settings or sizes, and for `adapt`.

    Raises
    ------
    DeclarationError
        If a bound cannot be read.

    Examples
    --------
    >>> from gradcheck import whole
    >>> bounds = whole(1, "K-1")
    >>> bounds.least.text, bounds.most.text, sorted(bounds.names)
    ('1', 'K-1', ['K'])
    """
    return Whole(Expression(str(least)), None if most is None else Expression(str(most)))


def choice(*options: Any) -> Choice:
    """A setting that is one of a few values.

    Parameters
    ----------
    *options : number, str, bool, None or tuple of these
        The values, the simplest first.

    Returns
    -------
    Choice
        For `Op` as a setting, and for `adapt`.

    Raises
    ------
    DeclarationError
        If there are no options, or one is of another kind: no case on disk could keep it.

    Examples
    --------
    >>> from gradcheck import choice
    >>> choice("mean", "sum").options
    ('mean', 'sum')
    """
    if not options:
        raise DeclarationError("choice() wants at least one option")
    return Choice(
        tuple(normalise_setting(f"option {place} of choice()", option) for place, option in enumerate(options, 1))
    )


def rank(group: str) -> Rank:
    """A setting that is the number of axes in a group of a shape: the axis that concat joins.

    Parameters
    ----------
    group : str
        The name of the group: ``"A"`` in ``"*A ?D *B"``.

    Returns
    -------
    Rank
        For `Op` as a setting.

    Examples
    --------
    >>> from gradcheck import rank
    >>> rank("A").group
    'A'
    """
    return Rank(group)


def normalise_setting(where: str, value: Any) -> Any:
    """A value of a setting as a case keeps it, numbers of NumPy's being Python's.  Raises DeclarationError, which says
    where, for what cannot be told from others by its hash or does not come back from JSON as it was."""
    if isinstance(value, np.generic):
        value = float(value) if isinstance(value, np.floating) else value.item()
    if type(value) is tuple:
        return tuple(normalise_setting(where, part) for part in value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise DeclarationError(f"{where} is {value!r:.60}, which no case can keep; {suggest_setting_value(value)}")


def suggest_setting_value(value: Any) -> str:
    """Suggest what to write for a value that no case can hold."""
    if callable(value):
        name = getattr(value, "__name__", "a name")
        return f"write {name!r}, and let forward look it up by that name"
    if isinstance(value, list):
        return "write a tuple"
    if hasattr(value, "__array__"):
        return "write a tuple of numbers, or declare it as an input"
    return "write a number, text, None, or a tuple of them"
