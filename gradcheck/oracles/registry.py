"""The directional oracles: gradcheck's own, then those of other packages (entry point gradcheck.oracles)."""

from dataclasses import dataclass
from functools import cache
from pkgutil import resolve_name

import numpy as np

from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.extensions import ExtensionPoint
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.oracles.oracle import DirectionalOracle
from gradcheck.records.evidence import Estimate, Witness

OWN_ORACLES: tuple[DirectionalOracle, ...] = tuple(
    resolve_name(f"gradcheck.oracles.{oracle}") for oracle in ("complex_step:COMPLEX_STEP_ORACLE",)
)
"""A string registers an oracle, by its module and name."""


@dataclass(frozen=True)
class AddedOracle:
    """A directional oracle of another package."""

    oracle: DirectionalOracle

    @property
    def name(self) -> str:
        """The name of the witness."""
        return self.oracle.name

    def differentiate(
        self, evaluator: Evaluator, derivative: DirectionalDerivative, rng: np.random.Generator | None
    ) -> Estimate | None:
        """Return the oracle's estimate, None where the code under test raises.  Raises ValueError for an estimate of
        another shape."""
        try:
            estimate = self.oracle.differentiate(evaluator, derivative, rng)
        except (UserError, Malformed):
            return None
        wanted = derivative.estimate.value.shape
        if isinstance(estimate, Estimate) and not np.shape(estimate.value) == np.shape(estimate.error) == wanted:
            shapes = f"{np.shape(estimate.value)} and {np.shape(estimate.error)}"
            raise ValueError(f"value and error have shapes {shapes}, expected {wanted}")
        return estimate


ADDED_ORACLES: ExtensionPoint[DirectionalOracle] = ExtensionPoint(
    "gradcheck.oracles",
    "oracle",
    DirectionalOracle,
    [witness.value for witness in Witness],
    AddedOracle,
    {"differentiate": (Estimate, type(None))},
)
"""The directional oracles that other packages add; the names of gradcheck's witnesses are reserved."""


@cache
def load_oracles() -> tuple[DirectionalOracle, ...]:
    """Return all directional oracles, gradcheck's own first.  Raises ExtensionError for one that cannot be used."""
    return (*OWN_ORACLES, *ADDED_ORACLES.load_all())
