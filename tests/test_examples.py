"""The sample projects: what their own pytest says, one process or two, and when one of these dies."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[1] / "examples"

FAILED = {
    "numpy_layers": {
        "pyproject.toml::mynet.mistakes::averaged::gradient",
        "pyproject.toml::mynet.mistakes::FrozenStatistics::gradient",
        "tests/test_losses.py::test_unscaled_loss",
    },
    "torch_functions": {
        "pyproject.toml::functions::WrongNorm::gradient",
        "tests/test_modules.py::test_normalized",
    },
    "jax_rules": {
        "pyproject.toml::rules::wrong_softmax::gradient",
        "tests/test_rules.py::test_straight_through_unsaid",
    },
}
PASSED = {
    "numpy_layers": {
        *(f"pyproject.toml::mynet.layers::{op}::gradient" for op in ("affine", "relu", "BatchNorm")),
        "tests/test_losses.py::test_softmax_loss",
        "tests/test_losses.py::test_softmax_loss_around_an_example",
    },
    "torch_functions": {
        *(f"pyproject.toml::functions::{op}::gradient" for op in ("Softplus", "Affine")),
        "tests/test_modules.py::test_linear",
    },
    "jax_rules": {"pyproject.toml::rules::log1pexp::gradient", "tests/test_rules.py::test_straight_through"},
}
"""Of the ops, what their gradient says; that nothing else fails is asked as well."""


@pytest.fixture(params=FAILED)
def project(request, tmp_path, monkeypatch):
    """A copy of a sample project, to work in."""
    if request.param.startswith("torch"):
        pytest.importorskip("torch")
    shutil.copytree(EXAMPLES / request.param, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path / "project")
    return request.param


def ran(*options):
    """The run of the project's own pytest, and the outcome of each test by its node id."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = re.findall(r"^(?:\[.*\] )?(?:(\S+::\S+) )?(PASSED|FAILED|SKIPPED|ERROR)(?: (\S+::\S+))?", done.stdout, re.M)
    return done, {before or behind: outcome for before, outcome, behind in lines}


def by(outcomes, outcome):
    """The tests of one outcome."""
    return {name for name, what in outcomes.items() if what == outcome}


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two"])
def test_right_gradients_pass_and_wrong_ones_fail(project, options):
    done, outcomes = ran(*options)
    assert done.returncode == 1, done.stdout
    assert by(outcomes, "FAILED") == FAILED[project], done.stdout
    assert by(outcomes, "PASSED") >= PASSED[project], done.stdout
    assert "INTERNALERROR" not in done.stdout + done.stderr


def test_a_worker_that_dies_takes_no_other_test_with_it(project):
    Path("deadly.py").write_text(
        "import os\n\n\ndef forward(x: 'N'):\n    return x * x if len(x) != 4 else os._exit(7), x\n\n\n"
        "def backward(dy, x):\n    return 2 * x * dy\n"
    )
    settings = Path("pyproject.toml")
    settings.write_text(settings.read_text().replace("ops = [", 'ops = ["deadly:deadly", '))
    done, outcomes = ran("-n", "2")
    assert done.returncode == 1, done.stdout
    others = {name: outcome for name, outcome in outcomes.items() if "deadly" not in name}
    assert by(others, "FAILED") == FAILED[project], done.stdout
    assert by(others, "PASSED") >= PASSED[project], done.stdout
    assert "deadly::contract" in "".join(by(outcomes, "FAILED"))
