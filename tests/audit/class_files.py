"""A small assignment, and what students make of it."""

from dataclasses import replace

from gradcheck.audit.one_function import audit_function
from gradcheck.audit.submission import Submission

TOML = """
title = "Homework 1"
model = "answers.py"

[[functions]]
name = "affine"
forward = "affine_forward"
backward = "affine_backward"

[[functions]]
name = "sigmoid"
forward = "sigmoid_forward"
backward = "sigmoid_backward"

[[functions]]
name = "twice"
forward = "twice_forward"
backward = "twice_backward"
needs = ["affine", "sigmoid"]
accept = [{ name = "three times", model = "thrice" }]
points = 4
"""
ANSWERS = '''
"""The model answers."""
import numpy as np
from gradcheck import Array, namespace, real


def affine_forward(x: "N D", w: "D M", b: "M"):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def affine_reference(x, w, b):
    return namespace(x).sum(x[:, :, None] * w, axis=1) + b


def sigmoid_forward(x: Array("N D", real(-14, 4))):
    y = 1 / (1 + np.exp(-x))
    return y, y


def sigmoid_backward(dout, y):
    return dout * y * (1 - y)


def sigmoid_reference(x):
    return 1 / (1 + namespace(x).exp(-x))


def twice_forward(x: "N D"):
    return 2 * x, None


def twice_backward(dout, cache):
    return 2 * dout


def thrice_forward(x: "N D"):
    return 3 * x, None


def thrice_backward(dout, cache):
    return 3 * dout
'''
AFFINE = """
def affine_forward(x, w, b):
    out = np.dot(x, w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.dot(dout, w.T)
    dw = np.dot(x.T, dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
"""
SIGMOID = """
def sigmoid_forward(x):
    out = 1 / (1 + np.exp(-x))
    return out, out


def sigmoid_backward(dout, cache):
    return dout * cache * (1 - cache)
"""
TWICE = """
def twice_forward(x):
    return x + x, None


def twice_backward(dout, cache):
    return dout + dout
"""
RIGHT = f"import numpy as np\n{AFFINE}\n{SIGMOID}\n{TWICE}"
WRONG_SIGMOID = SIGMOID.replace("return dout", "return 3 * dout")
HOSTILE_NAME = "../../<script>alert(1)</script>\x1b[31m\u202e"


def write_class_assignment(folder):
    """Write the assignment and its model answers; return the path of its TOML file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answers.py").write_text(ANSWERS)
    (folder / "homework.toml").write_text(TOML)
    return folder / "homework.toml"


def make_submission(text, name="anna"):
    """The submission of one file."""
    return Submission(name, {"layers.py": f"import os\nimport numpy as np\n{text}".encode()})


def audit_one(auditor, function, text, seconds=None):
    """The result of one function of a file."""
    asked = next(row for row in auditor.plan.assignment.functions if row.name == function)
    plan = replace(auditor.plan, seconds=seconds) if seconds is not None else auditor.plan
    return audit_function(make_submission(text), asked, auditor.answers[function], plan, auditor.sandbox)


def write_submissions(folder, **texts):
    """Write a class, a folder for each student; return the path."""
    for student, text in texts.items():
        (folder / student).mkdir(parents=True)
        (folder / student / "layers.py").write_text(f"import numpy as np\n{text}")
    return folder
