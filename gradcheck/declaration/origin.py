"""The origin of an op that an adapter made."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

LEFT_OUT = "left_out"
"""The setting of an adapted op that names the optional inputs for which the code receives None; "" for none."""


@dataclass(frozen=True)
class Script:
    """How a person calls what an op was made of: Python to paste, in which {y} and {dy} stand for the output and its
    upstream, and settings for their values; variables of inputs have their names, those of gradients a d before it.

    variants: forward and backward where optional inputs are left out, by the value of the setting LEFT_OUT.
    """

    opening: str
    forward: str
    backward: str
    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def choose_variant(self, settings: Mapping[str, Any]) -> "Script":
        """Return the script for a case with these settings."""
        calls = self.variants.get(settings.get(LEFT_OUT, ""))
        return replace(self, forward=calls["forward"], backward=calls["backward"]) if calls else self


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
class WorkingPrecision:
    """The relative spacing of the numbers in which an op computes, though its inputs are float64; 0 for float64.

    outputs: of the forward.  gradients: of the backward.
    """

    outputs: float = 0.0
    gradients: float = 0.0

    @property
    def is_low(self) -> bool:
        """Whether something is computed in less than float64."""
        return self != WorkingPrecision()


@dataclass(frozen=True)
class Origin:
    """The facts that an adapter knows of the op that it made, and what was found out about it before its check; the
    defaults are those of an op that was declared.

    is_adapted: whether an adapter made it.  script: how to call what the op was made of.  reference_is_forward: whether
    the reference is the forward itself, run by JAX, which is no witness of the value.  shapes_inferred: whether nobody
    declared the shapes, so that forward may refuse some.  refuses_shapes: whether it refuses some that were declared
    (True), or makes a mistake where it raises for some that were inferred (False); None where neither is known.
    notes: what reports say of how the op was made.  not_checked: parameters whose gradients are not among what is
    checked.  working_precision: in which it computes.
    """

    is_adapted: bool = False
    script: Script | None = None
    reference_is_forward: bool = False
    shapes_inferred: bool = False
    refuses_shapes: bool | None = None
    notes: tuple[str, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    working_precision: WorkingPrecision = WorkingPrecision()

    @property
    def may_refuse_shapes(self) -> bool:
        """Whether a case in which forward raises for its shapes is left out."""
        return self.shapes_inferred if self.refuses_shapes is None else self.refuses_shapes
