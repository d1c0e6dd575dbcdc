"""Every input and parameter of a user's file is examined, or the answer names it: in processes, as a user runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GRADCHECK = [sys.executable, "-c", "from gradcheck.cli import main; main()"]

FUNCTIONS = """
import numpy as np
from gradcheck import Array, booleans, real


def linear_forward(x, w, b=None):
    return (x @ w if b is None else x @ w + b), (x, w, b)


def linear_backward(dy, cache):
    x, w, b = cache
    return dy @ w.T, x.T @ dy, None if b is None else 7 * dy.mean(axis=0)


def scale_forward(x, s):
    return x * s, (x, s)


def scale_backward(dy, cache):
    return dy * cache[1], None


def prelu_forward(x, alpha):
    return np.where(x > 0, x, alpha * x), (x, alpha)


def prelu_backward(dy, cache):
    x, alpha = cache
    return np.where(x > 0, dy, alpha * dy), None


def masked_forward(x, w, mask=None):
    return (x * w if mask is None else x * w * mask), (x, w, mask)


def masked_backward(dy, cache):
    x, w, mask = cache
    dy = dy if mask is None else dy * mask
    return dy * w, dy * x, None


def weighted_forward(x: "N D", weight: Array("N", real(), gradient=False)):
    return (weight[:, None] * x).sum(axis=0), weight


def weighted_backward(dy, weight):
    return weight[:, None] * dy, None


def batchnorm_forward(x, gamma, beta, bn_param):
    assert bn_param["mode"] == "train"
    std = np.sqrt(x.var(axis=0) + bn_param.get("eps", 1e-5))
    hat = (x - x.mean(axis=0)) / std
    return gamma * hat + beta, (hat, std, gamma)


def batchnorm_backward(dout, cache):
    hat, std, gamma = cache
    d = dout * gamma
    return (d - d.mean(0) - hat * (d * hat).mean(0)) / std, (dout * hat).sum(0), dout.sum(0)
"""

LAYERS = """
import numpy as np
from gradcheck import Array, indices
from tests.adapters import gradient_layers as places
from tests.adapters.test_optional_inputs import Linear, WrongLinear


def test_optional_bias(gradcheck):
    gradcheck(Linear)


def test_wrong_optional_bias(gradcheck):
    gradcheck(WrongLinear)


def test_lists(gradcheck):
    gradcheck(places.Lists(), x="N 3")


def test_wrong_lists(gradcheck):
    gradcheck(places.make_wrong(places.Lists)(), x="N 3")


def test_embedding(gradcheck):
    gradcheck(places.Embedding, ids=Array("N", indices("V")), table="V D")


def test_lazy(gradcheck):
    gradcheck(places.Lazy(3), x="N 4")


class Tanh:
    def forward(self, inputs):
        self.y = np.tanh(inputs)
        return self.y

    def backward(self, grad):
        return grad * (1 - self.y**2)


def test_inputs(gradcheck):
    gradcheck(Tanh, inputs="N D")
"""


def run(command, folder):
    """A process in a folder of its own, which can import these tests."""
    (folder / "pyproject.toml").write_text("")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_functions_of_a_file_are_examined_or_named(tmp_path):
    (tmp_path / "layers.py").write_text(FUNCTIONS)
    done = run([*GRADCHECK, "check", "layers.py", "--examples", "24", "--format", "json"], tmp_path)
    results = {result["op"]: result for result in json.loads(done.stdout)["results"]}
    statuses = {op: {v["law"]: v["status"] for v in result["verdicts"]} for op, result in results.items()}
    assert (done.returncode, statuses["linear"]["gradient"]) == (1, "failed")
    right = [op for op in results if "failed" not in statuses[op].values()]
    assert right == ["scale", "prelu", "masked", "weighted", "batchnorm"]
    told = {op: [part["name"] for part in result["not_checked"]] for op, result in results.items()}
    assert told == {
        "linear": [],
        "scale": ["s"],
        "prelu": ["alpha"],
        "masked": ["mask", "masked_forward, line 33", "masked_backward, line 38"],
        "weighted": [],
        "batchnorm": [],
    }


@pytest.mark.slow
def test_layers_of_a_test_file_are_examined(tmp_path):
    (tmp_path / "test_layers.py").write_text(LAYERS)
    done = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_layers.py"], tmp_path)
    failed = {line.split(" ")[1].partition("::")[2] for line in done.stdout.split("\n") if line.startswith("FAILED")}
    assert failed == {"test_wrong_optional_bias", "test_wrong_lists"}, done.stdout
    assert "gradient of bias is 7" in done.stdout
    assert "gradient of b_0 is" in done.stdout
