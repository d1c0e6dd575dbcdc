"""A forward and a backward in all the ways in which people write them."""

import ctypes.util
import inspect

import numpy as np
import pytest

from gradcheck import Array, adapt, check, choice, indices, whole
from gradcheck.adapters import AdapterError
from gradcheck.report.text import render_findings
from tests.adapters.script import run
from tests.adapters.test_inference import affine, affine_backward
from tests.lanes import mark_most_slow
from tests.source_lines import holds_line


def cell(x, h):
    s = np.tanh(x + h)
    return s, s * x, (s.copy(), x)


def cell_backward(ds, dy, cache):
    s, x = cache
    dz = (ds + dy * x) * (1 - s * s)
    return dz + dy * s, dz


def together(x, h):
    s, y, cache = cell(x, h)
    return (s, y), cache


def scale(x, w):
    return x * w


def padded(x, w, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    wide = np.pad(x, ((0, 0), (pad, pad)))
    windows = [wide[:, i : i + len(w)] for i in range(0, wide.shape[1] - len(w) + 1, stride)]
    return np.stack([window @ w for window in windows], axis=1), (wide, w, conv_param)


def padded_backward(dout, cache):
    x, w, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k, i in enumerate(range(0, x.shape[1] - len(w) + 1, stride)):
        dx[:, i : i + len(w)] += dout[:, k, None] * w
        dw += dout[:, k] @ x[:, i : i + len(w)]
    return dx[:, pad : x.shape[1] - pad], dw


CONVENTIONS = {
    "(y, cache), (dy, cache)": (affine, affine_backward, {}),
    "(h, c, cache), (dh, dc, cache)": (cell, cell_backward, {"x": "N D", "h": "N D"}),
    "((h, c), cache), (dh, dc, cache)": (together, cell_backward, {"x": "N D", "h": "N D"}),
    "(h, c, cache), ((dh, dc), cache)": (cell, lambda d, c: cell_backward(*d, c), {"x": "N D", "h": "N D"}),
    "y, (dy, x, w)": (scale, lambda dy, x, w: (dy * w, dy * x), {}),
    "y, (dy, w, x), in another order": (scale, lambda dy, w, x: (dy * w, dy * x), {}),
    "gradients by name": (affine, lambda dy, c: dict(zip(["dx", "dw", "db"], affine_backward(dy, c), strict=True)), {}),
}


@pytest.mark.parametrize("name", mark_most_slow(CONVENTIONS, 3))
def test_a_right_pair_holds(name):
    forward, backward, shapes = CONVENTIONS[name]
    result = check(adapt(forward, backward, **shapes), examples=40)
    assert result.status == "passed", [f.claim for f in result.findings]
    assert set(result.witnesses) == {"autodiff", "differences", "complex step"}


@pytest.mark.slow
@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_wrong_pair_is_caught(name):
    forward, right, shapes = CONVENTIONS[name]

    def backward(*args, **named):
        gradients = right(*args, **named)
        if isinstance(gradients, dict):
            return {**gradients, "dx": gradients["dx"] * 1.001}
        return gradients[0] * 1.001, *gradients[1:]

    backward.__signature__ = inspect.signature(right)
    result = check(adapt(forward, backward, **shapes), examples=40)
    assert [f.input for f in result.findings if f.law == "gradient"] == [next(iter(result.findings[0].case.inputs))]


@pytest.mark.parametrize("name", [n for n in CONVENTIONS if n != "gradients by name"])
def test_the_script_calls_it_as_it_is_written(name):
    forward, backward, shapes = CONVENTIONS[name]
    op = adapt(forward, backward, **shapes)
    scope = {forward.__name__: forward, "backward": backward, backward.__name__: backward}
    left, gradients = run(op, **scope)
    assert {n: left[n].tolist() for n in gradients} == {n: g.tolist() for n, g in gradients.items()}


@pytest.mark.slow
def test_the_output_may_be_asked_for_by_name():
    def exp(x):
        return np.exp(x)

    op = adapt(exp, lambda dy, out: dy * out, x="N D")
    assert check(op, examples=40).status == "passed"


# parameters that are no arrays


@pytest.mark.slow
def test_a_dictionary_of_parameters_is_new_for_every_call_and_its_settings_vary():
    seen = set()

    def forward(x, w, conv_param):
        seen.add((conv_param["stride"], conv_param["pad"]))
        returned = padded(x, w, dict(conv_param))
        conv_param.clear()
        return returned

    given = {"stride": whole(1, 3), "pad": choice(0, 1)}
    op = adapt(forward, padded_backward, x="N D", w="K", conv_param=given, sizes={"D": whole("K", None)})
    result = check(op, examples=40)
    assert result.status == "passed", [f.claim for f in result.findings]
    assert seen >= {(s, p) for s in (1, 2, 3) for p in (0, 1)}


@pytest.mark.slow
def test_a_value_that_is_given_stays():
    seen = set()

    def forward(x, power):
        seen.add(power)
        return x**power, x

    op = adapt(forward, lambda dy, x: 3 * x**2 * dy, x="N D", power=3)
    assert check(op, examples=16).status == "passed"
    assert seen == {3}


@pytest.mark.slow
def test_an_average_that_is_declared_is_not_accused_and_told():
    def backward(dy, cache):
        x, w = cache
        return dy @ w.T, x.T @ dy / len(dy), dy.mean(axis=0)

    shapes = {"x": "N D", "w": "D M", "b": "M"}
    assert check(adapt(affine, backward, **shapes), examples=40).status == "failed"
    result = check(adapt(affine, backward, **shapes, averaged={"w": "N", "b": "N"}), examples=40)
    assert result.status == "passed"
    assert "the gradient of w is declared an average over N" in result.notes


def test_an_average_over_no_axis_is_refused():
    with pytest.raises(AdapterError, match=r"averaged=\{'w': 'B'\} wants an input \(x, w, b\) and an axis of one \(N"):
        adapt(affine, affine_backward, x="N D", w="D M", b="M", averaged={"w": "B"})


def test_whole_numbers_have_no_gradient_and_backward_may_leave_them_out():
    def forward(ids, table):
        return table[ids], (ids, table.shape)

    def backward(dout, cache):
        ids, shape = cache
        dtable = np.zeros(shape)
        np.add.at(dtable, ids, dout)
        return dtable

    op = adapt(forward, backward, ids=Array("N T", indices("V")), table="V D")
    assert check(op, examples=40).status == "passed"


# where the author reads it


@pytest.mark.slow
def test_the_counterexample_is_written_as_the_code_is_called():
    def padded_backward(dout, cache):
        dx, dw = globals()["padded_backward"](dout, cache)
        return dx, 2 * dw

    given = {"stride": whole(1, 3), "pad": choice(0, 1)}
    op = adapt(padded, padded_backward, x="N D", w="K", conv_param=given, sizes={"D": whole("K", None)})
    result = check(op, examples=24, laws=("gradient",))
    text = render_findings(result.findings, result.script)
    assert "z, cache" not in text
    assert "y, cache = padded(x, w, {'stride': 1, 'pad': 0})\n      dx, dw = padded_backward(dy, cache)" in text
    program = "\n".join(line[6:] for line in text.split("\n") if line.startswith(" " * 6))
    exec(program, {"padded_backward": padded_backward})
    (finding,) = result.findings
    assert finding.file == __file__
    assert holds_line(padded_backward, finding.line)


# functions of another language


def through_c(name):
    """A function of C's mathematics library, for each element of an array."""
    function = getattr(ctypes.CDLL(ctypes.util.find_library("m")), name)
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double]
    return lambda x: np.array([function(v) for v in x.ravel()]).reshape(x.shape)


@pytest.mark.slow
@pytest.mark.skipif(not ctypes.util.find_library("m"), reason="there is no mathematics library of C's")
@pytest.mark.parametrize(("slope", "status"), [(lambda y: 1 - y * y, "passed"), (lambda y: 1 - y, "failed")])
def test_a_forward_over_ctypes_is_judged_by_differences(slope, status):
    tanh = through_c("tanh")

    def forward(x):
        y = tanh(x)
        return y, y.copy()

    result = check(adapt(forward, lambda dy, y: dy * slope(y), name="tanh", x="N D"), examples=40)
    assert (result.status, result.witnesses) == (status, ("differences",)), [f.claim for f in result.findings]
