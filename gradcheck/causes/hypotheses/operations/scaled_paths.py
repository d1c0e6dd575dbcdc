"""One way back that is missing, or scaled by a coefficient."""

from collections.abc import Iterator, Mapping

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.coefficients import find_formulas, list_coefficients
from gradcheck.causes.hypotheses.operations.directions import Direction
from gradcheck.causes.hypotheses.operations.view import OperationView
from gradcheck.causes.hypotheses.operations.ways_back import SCALED_ROUNDS, WayBack, list_paths
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Spot


def find_scaled_paths(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have one way back missing or scaled."""
    coefficients = {"0": 0.0, **list_coefficients(view.case)}
    coefficients.pop("1")
    for spot, text in spots.items():
        for path in list_paths(view, spot, text):
            yield from fit_path(view, spot, path, coefficients)


def fit_path(view: OperationView, spot: Spot, path: WayBack, coefficients: Mapping[str, float]) -> Iterator[Cause]:
    """Yield the causes that have a way back scaled by a coefficient, and agree with the claimed gradient along all
    directions."""
    held = view.differentiate(path.name, {spot: path.hold}, 0)
    if held is None:
        return
    suspects = view.case.suspects
    if suspects is None:
        formulas = fit_formulas(view.directions[0], held, coefficients)
    else:
        formulas = [formula for formula in coefficients if path.describe(formula) in suspects]
    for formula in formulas:
        cause = path.describe(formula)
        if cause is not SCALED_ROUNDS and agrees_scaled(view, spot, path, coefficients[formula]):
            yield cause


def fit_formulas(direction: Direction, held: float, coefficients: Mapping[str, float]) -> list[str]:
    """Return the formulas of the coefficient that a way back seems to have along one direction; none where it has next
    to no part in the derivative."""
    share = direction.right - held
    if abs(share) <= 4 * direction.tolerance:
        return []
    fitted = (direction.claimed - held) / share
    return find_formulas(coefficients, fitted, 2 * direction.tolerance * (1 + abs(fitted)) / abs(share))


def agrees_scaled(view: OperationView, spot: Spot, path: WayBack, coefficient: float) -> bool:
    """Whether the claimed derivative is that with a way back scaled, along all directions."""
    for k, direction in enumerate(view.directions):
        held = view.differentiate(path.name, {spot: path.hold}, k)
        if held is None:
            return False
        found = held + coefficient * (direction.right - held)
        tolerance = direction.tolerance * (1 + abs(coefficient))
        if not view.is_near(path.name, {spot: path.hold}, k, found - direction.claimed, tolerance):
            return False
    return True
