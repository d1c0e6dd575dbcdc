"""A template for an assignment of one's own: the TOML file and the model answers beside it."""

import json
from pathlib import Path

from gradcheck.atomic_files import write_atomically
from gradcheck.audit.assignment import AssignmentError, list_lenient_laws

TOML_TEMPLATE = """\
# What a course asks for.  `gradcheck audit SUBMISSIONS --assignment {stem}.toml` marks submissions by it.

title = "{stem}"
source = "the handout"           # where the handout is
model = "{stem}.py"              # the model answers: right, in the form that the handout asks for
# Laws whose findings are told and cost no points (`gradcheck laws` lists all); these where nothing is said:
warn = {lenient}
skip = []                        # laws that are not examined
show = "hint"                    # what students see: "counterexample", "hint" (no numbers) or "none"
points = {{ value = 1, gradient = 2 }} # of each function that does not say its own; a number is for both together

[[functions]]
name = "affine"                  # the row in the results
forward = "affine_forward"       # the names that students have to use
backward = "affine_backward"     # left out where one thing holds both: a loss, a class
# Another convention that is as right, with its own model answers affine_mean_forward and affine_mean_backward:
accept = [{{ name = "averaged over the batch", model = "affine_mean", averaged = {{ w = "N", b = "N" }} }}]

[[functions]]
name = "softmax_loss"
forward = "softmax_loss"
adapter = "loss"                 # it returns (loss, gradients); "layer" is a class with forward and backward
gradients = ["x"]                # the inputs that have a gradient
points = 3

# Further keys of a function:
# needs = ["affine"]             # not marked where one of these rows is not finished
# random = true                  # it draws at random, as dropout does
# model = "affine_2"             # the model answers are affine_2_forward and affine_2_backward
# reference = "affine_formula"   # the textbook formula; by default affine_reference, where there is one
# through = "call_net"           # call_net(TwoLayerNet, W, X, y) of the model file calls what students write;
#                                # for a pair: {{ forward = "…", backward = "…" }}
# sizes = {{ T = [1, 8] }}         # bounds of an axis, numbers or expressions: [least] or [least, most]
# inputs = {{ x = "N D" }}         # shapes that the model answers do not annotate
# averaged, batch, convention, dtypes, exceptions, kinks, parameters, same_as, upstream: as in gradcheck.adapt
"""
MODEL_TEMPLATE = '''\
"""Model answers: what they declare decides which shapes and settings submissions are run on."""

import numpy as np

from gradcheck import Array, indices, namespace


def affine_forward(x: "N D", w: "D M", b: "M"):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def affine_reference(x, w, b):
    return namespace(x).sum(x[:, :, None] * w, axis=1) + b


def affine_mean_forward(x: "N D", w: "D M", b: "M"):
    return affine_forward(x, w, b)


def affine_mean_backward(dout, cache):
    dx, dw, db = affine_backward(dout, cache)
    return dx, dw / len(dout), db / len(dout)


def affine_mean_reference(x, w, b):
    return affine_reference(x, w, b)


def softmax_loss(x: "N C", y: Array("N", indices("C"))):
    rows = np.arange(len(x))
    logs = x - x.max(axis=1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))
    dx = np.exp(logs)
    dx[rows, y] -= 1
    return -logs[rows, y].mean(), dx / len(x)


def softmax_loss_reference(x, y):
    xp = namespace(x)
    right = xp.astype(y[:, None] == xp.arange(x.shape[1]), x.dtype)
    return xp.mean(xp.log(xp.sum(xp.exp(x), axis=1)) - xp.sum(right * x, axis=1))
'''


def write_template(path: Path) -> tuple[Path, Path]:
    """Write a template of an assignment, and the model answers that it names, beside it; return both paths.

    Raises AssignmentError where one of the files is there, or path is no name of a TOML file.
    """
    if path.suffix != ".toml" or not path.stem.isidentifier():
        raise AssignmentError(f"{path}: an assignment is a TOML file named in letters, as in affine_net.toml")
    model = path.with_suffix(".py")
    for file in (path, model):
        if file.exists():
            raise AssignmentError(f"{file} is there already; choose another name, or remove it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(TOML_TEMPLATE.format(stem=path.stem, lenient=json.dumps(list_lenient_laws())), path)
        write_atomically(MODEL_TEMPLATE, model)
    except OSError as error:
        raise AssignmentError(f"{path} cannot be written: {error}") from None
    return path, model
