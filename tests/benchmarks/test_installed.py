"""The benchmarks run where the package is installed apart from the checkout, as `pip install '.[benchmarks]'` does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gradcheck

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SMALLEST = {
    "power.py": ("--sample", "2", "--cases", "1", "--tool", "gradcheck", "--jobs", "1"),
    "false_alarms.py": ("--cases", "1", "--op", "lawful relu", "--jobs", "1"),
    "factors.py": ("--sample", "2", "--correct", "1", "--factor", "SAFETY", "--jobs", "1"),
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Variables with which Python finds a copy of the package that stands nowhere near the benchmarks, and beside it
    somebody else's package `tests`."""
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(Path(gradcheck.__file__).parent, folder / "gradcheck", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    (folder / "tests" / "__init__.py").touch()
    return {**os.environ, "PYTHONPATH": str(folder)}


def run(environment, *arguments):
    """The output of Python, in a folder without the package."""
    command = [sys.executable, *map(str, arguments)]
    folder = environment["PYTHONPATH"] + "/.."
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_copy_is_what_is_imported(environment):
    assert run(environment, "-c", "import gradcheck; print(gradcheck.__file__)").startswith(environment["PYTHONPATH"])


@pytest.mark.parametrize("script", SMALLEST)
def test_a_benchmark_of_the_corpus_runs(environment, script):
    assert json.loads(run(environment, BENCHMARKS / script, *SMALLEST[script], "--format", "json"))["complete"]


def test_the_speed_benchmark_is_loaded(environment):
    assert "--quick" in run(environment, BENCHMARKS / "speed.py", "--help")
