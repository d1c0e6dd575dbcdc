"""Monte Carlo arithmetic under PyTorch: which operations are moved, and by how much."""

import numpy as np
import pytest

from gradcheck.adapters.frameworks.torch_graph import call_under_autograd
from gradcheck.oracles.error_factors import EPS, REPEATS
from gradcheck.oracles.monte_carlo import measure_rounding
from gradcheck.oracles.noisy_arrays import strip_noise

torch = pytest.importorskip("torch")

X = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.125]])


def call_with_noise(function, x=X):
    """What a function gives for noisy arrays, what it should for the same numbers, and the spread of both and of the
    gradient."""
    results = []

    def run(arrange):
        noisy = arrange(x)
        (y,), graph = call_under_autograd(lambda given: function(given["x"]), {"x": noisy})
        exact = function(torch.from_numpy(np.array(strip_noise(noisy)))).numpy()
        results.append((y, exact))
        return [y, exact, *graph.pull((arrange(np.ones(y.shape)),))]

    return results, measure_rounding(run, np.random.default_rng(0), EPS, REPEATS)


@pytest.mark.parametrize("function", [torch.exp, torch.sin, lambda x: x * x + 1, lambda x: x / 3])
def test_an_inexact_operation_is_moved_in_its_last_digits(function):
    results, (spread, _, _) = call_with_noise(function)
    assert len(results) >= REPEATS
    assert any((y != exact).any() for y, exact in results)
    assert (spread > 0).all()
    assert all((np.abs(y - exact) <= 2.0**-20 * (1 + np.abs(exact))).all() for y, exact in results)


@pytest.mark.parametrize(
    "function",
    [torch.relu, torch.neg, lambda x: x.T, lambda x: x[:, :2], lambda x: torch.cat([x, x]), lambda x: x.amax(1)],
    ids=["relu", "neg", "transpose", "slice", "cat", "max"],
)
def test_what_moves_numbers_about_or_chooses_among_them_is_exact(function):
    results, _ = call_with_noise(function)
    assert len(results) >= REPEATS
    assert all(np.array_equal(y, exact) for y, exact in results)


def test_the_gradient_is_moved_as_well():
    _, (*_, spread) = call_with_noise(torch.sin)
    assert (spread > 0).all()


@pytest.mark.slow
def test_what_cancels_inside_a_whole_formula_shows():
    """A row far from zero: of its normalised numbers, as many digits are lost."""
    spreads = (call_with_noise(lambda x: torch.nn.functional.layer_norm(x, (3,)), X + by)[1] for by in (0.0, 1e6))
    near, far = (spread.max() for spread, *_ in spreads)
    assert far > 1e4 * near


def test_without_noise_every_operation_is_exact():
    (y,), graph = call_under_autograd(lambda given: torch.exp(given["x"]), {"x": X})
    assert y.tolist() == torch.exp(torch.from_numpy(X)).tolist()
    assert graph.pull((np.ones(X.shape),))[0].tolist() == y.tolist()
