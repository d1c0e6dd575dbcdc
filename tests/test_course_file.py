"""A file of a course as it is handed in: every function of it has a line in the answer, whatever becomes of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.records.results import Run

COURSE = """
import numpy as np

def affine_forward(x, w, b):
    return x @ w + b, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)

def relu_forward(x):
    return np.maximum(0, x), x
def relu_backward(dout, x):
    return dout * (x > 0)

def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    mask = (np.random.rand(*x.shape) < p) / p if mode == "train" else 1.0
    return x * mask, mask
def dropout_backward(dout, mask):
    return dout * mask

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    std = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / std
    return gamma * xhat + beta, (xhat, std, gamma)
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    d = dout * gamma
    return (d - d.mean(0) - xhat * (d * xhat).mean(0)) / std, (dout * xhat).sum(0), dout.sum(0)

def scale_forward(x, s):
    return x * s, (x, s)
def scale_backward(dout, cache):
    x, s = cache
    return dout * s, dout

def tanh_forward(x):
    y = np.tanh(x)
    return y, y
def tanh_backward(dout, y):
    return dout * (1 - y * y)

def conv_forward(x, w, b, conv_param):
    out = None  # your code
    return out, (x, w, b, conv_param)
def conv_backward(dout, cache):
    pass

def layernorm_forward(x, gamma, beta, ln_param):
    raise NotImplementedError

def max_pool_forward(x):
    while True:
        pass
def max_pool_backward(dout, cache):
    return dout

def exit_forward(x):
    import ctypes
    ctypes.CDLL(None)._exit(0)
def exit_backward(dout, cache):
    return dout

def svm_loss(x, y):
    n = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(n), y][:, None] + 1)
    margins[np.arange(n), y] = 0
    return margins.sum() / n, (margins > 0) / n

def softmax_loss(x, y):
    return 0.0, np.zeros_like(x)
"""
OPS = ["affine", "relu", "dropout", "batchnorm", "scale", "tanh", "conv", "layernorm", "max_pool", "exit"]


@pytest.mark.slow
def test_each_function_has_a_line_and_what_could_be_checked_is_checked(tmp_path):
    (tmp_path / "layers.py").write_text(COURSE)
    command = [sys.executable, "-m", "gradcheck", "check", "layers.py", "--examples", "25"]
    done = subprocess.run([*command, "--save", "run.json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    run = Run.from_json(Path(tmp_path, "run.json").read_text())
    status = {result.op: result.status for result in run.results}
    assert sorted(status) == sorted(OPS)
    assert [part.name for part in run.not_checked] == ["svm_loss", "softmax_loss"]
    assert {op: status[op] for op in ("relu", "tanh", "batchnorm")} == {
        "relu": "passed",
        "tanh": "warning",  # it reads its output again
        "batchnorm": "passed",
    }
    assert {status[op] for op in ("affine", "scale")} == {"failed"}
    assert status["exit"] == "crashed"
    assert {status[op] for op in ("max_pool", "layernorm")} == {"inconclusive"}
    for name in (*OPS, "svm_loss", "softmax_loss"):
        assert name in done.stdout
