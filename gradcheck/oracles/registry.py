"""The directional oracles: gradcheck's own, then those of other packages (entry point gradcheck.oracles)."""

from functools import cache

from gradcheck.extensions import load_extensions
from gradcheck.oracles.complex_step import COMPLEX_STEP_ORACLE
from gradcheck.oracles.oracle import DirectionalOracle

OWN_ORACLES: tuple[DirectionalOracle, ...] = (COMPLEX_STEP_ORACLE,)


@cache
def load_oracles() -> tuple[DirectionalOracle, ...]:
    """Return all directional oracles, gradcheck's own first.  Raises ExtensionError for one that cannot be loaded."""
    return (*OWN_ORACLES, *load_extensions("gradcheck.oracles"))
