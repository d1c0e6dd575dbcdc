"""The origin of an op that an adapter made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """How a person calls what an op was made of: Python to paste, in which {y} and {dy} stand for the output and its
    upstream, and settings for their values; variables of inputs have their names, those of gradients a d before it."""

    opening: str
    forward: str
    backward: str


@dataclass(frozen=True)
class NotChecked:
    """Something that was found, and not checked.

    Parameters
    ----------
    name : str
        What it is: a parameter of an op, or a function, class or file.
    reason : str
        Why it was not checked, in a few words.

    Examples
    --------
    >>> from gradcheck import NotChecked
    >>> print(NotChecked("svm_loss", "no svm_loss_backward"))
    svm_loss (no svm_loss_backward)
    """

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} ({self.reason})"


@dataclass(frozen=True)
class Origin:
    """The facts that an adapter knows of the op that it made; the defaults are those of an op that was declared.

    script: how to call what the op was made of.  reference_is_forward: whether the reference is the forward itself, run
    by JAX, which is no witness of the value.  shapes_inferred: whether nobody declared the shapes, so that forward may
    refuse some.  notes: what reports say of how the op was made.  not_checked: parameters whose gradients are not
    among what is checked.
    """

    script: Script | None = None
    reference_is_forward: bool = False
    shapes_inferred: bool = False
    notes: tuple[str, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
