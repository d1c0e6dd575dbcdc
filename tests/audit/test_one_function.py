"""One function of a submission: what becomes of it, in a real sandbox."""

from dataclasses import replace

import pytest

from gradcheck.audit.agent_source import build_agent_source
from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.auditor import Auditor
from gradcheck.audit.one_function import make_unrun
from gradcheck.audit.remote_session import RemoteSession
from gradcheck.records.audit import FunctionState
from gradcheck.sandbox import Limits, open_sandbox
from tests.audit.class_files import AFFINE, SIGMOID, TWICE, audit_one

pytestmark = pytest.mark.slow

CANCELLING = """
def sigmoid_forward(x):
    return 0.5 * (1 + np.tanh(x / 2)), x

def sigmoid_backward(dout, x):
    s = 0.5 * (1 + np.tanh(x / 2))
    return dout * s * (1 - s)
"""


def test_a_right_function_has_all_points(auditor):
    found = audit_one(auditor, "affine", AFFINE)
    assert (found.state, found.points, found.out_of) == (FunctionState.RIGHT, 3, 3)
    assert (found.file, found.line, found.variant, found.answers) == ("layers.py", 10, "", "")


def test_a_wrong_gradient_is_told_with_its_cause_and_costs_its_points(wrong_sigmoid):
    assert (wrong_sigmoid.state, wrong_sigmoid.points) == (FunctionState.WRONG, 1)
    finding = wrong_sigmoid.finding
    assert (finding.law, finding.input, finding.cause_name != "") == ("gradient", "x", True)
    assert wrong_sigmoid.answers != ""


def test_an_accepted_convention_is_right_and_named(auditor):
    thrice = TWICE.replace("x + x", "3 * x").replace("dout + dout", "3 * dout")
    found = audit_one(auditor, "twice", thrice)
    assert (found.state, found.variant) == (FunctionState.RIGHT, "three times")


def test_a_wrong_gradient_by_an_accepted_convention_leaves_its_value_right(auditor):
    found = audit_one(auditor, "twice", TWICE.replace("x + x", "3 * x").replace("dout + dout", "-3 * dout"))
    assert (found.state, found.variant) == (FunctionState.WRONG, "three times")
    assert {finding.law for finding in found.findings} == {"gradient"}


NETS = """
title = "Nets"
model = "nets.py"

[[functions]]
name = "Scale"
forward = "Scale"
adapter = "loss"
through = "call_scale"
accept = [{ name = "strength in the constructor", model = "ScaleOfStrength", through = "call_scale_of_strength" }]
"""
NETS_ANSWERS = """
class Scale:
    def loss(self, x, strength): return (x * x).sum() * strength, {"x": 2 * x * strength}

class ScaleOfStrength:
    def __init__(self, strength): self.strength = strength
    def loss(self, x): return (x * x).sum() * self.strength, {"x": 2 * x * self.strength}

def call_scale(Scale, x: "N", strength=3.0):
    return Scale().loss(x, strength)

def call_scale_of_strength(Scale, x: "N", strength=3.0):
    return Scale(strength).loss(x)
"""
WRONG_SCALE = """
class Scale:
    def __init__(self, strength): self.strength = strength
    def loss(self, x): return (x * x).sum(), {"x": 2 * x}
"""


def test_a_wrong_value_is_told_by_the_convention_by_which_it_can_be_called(tmp_path):
    (tmp_path / "nets.py").write_text(NETS_ANSWERS)
    (tmp_path / "nets.toml").write_text(NETS)
    with Auditor.open(AuditSettings(str(tmp_path / "nets.toml"), examples=6, unsafe=True)) as auditor:
        found = audit_one(auditor, "Scale", WRONG_SCALE)
    assert (found.state, found.variant) == (FunctionState.WRONG, "strength in the constructor")
    assert "takes" not in found.finding.claim


COURSERA_CONV = """
def conv_forward(A_prev, W, b, hparameters):
    stride, pad, f = hparameters["stride"], hparameters["pad"], len(W)
    padded = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H, n_W = ((n - f) // stride + 1 for n in padded.shape[1:3])
    Z = np.zeros((len(A_prev), n_H, n_W, W.shape[3]))
    for i, h, w, c in np.ndindex(Z.shape):
        window = padded[i, h * stride : h * stride + f, w * stride : w * stride + f]
        Z[i, h, w, c] = np.sum(window * W[..., c]) + float(b[..., c])
    return Z, (A_prev, W, b, hparameters)

def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad, f = hparameters["stride"], hparameters["pad"], len(W)
    padded, dW, db = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0))), np.zeros(W.shape), np.zeros(b.shape)
    dpadded = np.zeros(padded.shape)
    for i, h, w, c in np.ndindex(dZ.shape):
        place = i, slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
        dpadded[place] += W[..., c] * dZ[i, h, w, c]
        dW[..., c] += padded[place] * dZ[i, h, w, c]
        db[..., c] += dZ[i, h, w, c]
    return dpadded[:, pad:-pad, pad:-pad], dW, db
"""


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("", "", FunctionState.RIGHT),
        (" + float(b[..., c])", " + b[..., c]", FunctionState.RIGHT),
        ("dW[..., c] +=", "dW[..., c] =", FunctionState.WRONG),
    ],
)
def test_a_convolution_as_the_handout_asks_for_it_is_right(old, new, state):
    with Auditor.open(AuditSettings("coursera_dl", examples=8, unsafe=True)) as auditor:
        found = audit_one(auditor, "conv", COURSERA_CONV.replace(old, new))
    assert found.state is state
    assert found.variant == ("pad is not 0" if state is FunctionState.RIGHT else "")


BATCHNORM = """
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, keep = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, var = (bn_param.get(name, np.zeros(x.shape[1])) for name in ("running_mean", "running_var"))
    if bn_param["mode"] == "test":
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, None
    bn_param["running_mean"] = keep * mean + (1 - keep) * x.mean(0)
    bn_param["running_var"] = keep * var + (1 - keep) * x.var(0)
    xhat, std = (x - x.mean(0)) / np.sqrt(x.var(0) + eps), np.sqrt(x.var(0) + eps)
    return gamma * xhat + beta, (xhat, std, gamma)

def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    g = dout * gamma
    return (g - g.mean(0) - xhat * (g * xhat).mean(0)) / std, (dout * xhat).sum(0), dout.sum(0)
"""


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("", "", FunctionState.RIGHT),
        ("keep * mean + (1 - keep)", "(1 - keep) * mean + keep", FunctionState.WRONG),
        ('bn_param["running_var"] =', "unused =", FunctionState.WRONG),
    ],
)
def test_batch_normalization_in_testing_has_a_row(old, new, state):
    with Auditor.open(AuditSettings("cs231n_a2", examples=8, unsafe=True)) as auditor:
        assert audit_one(auditor, "batchnorm in testing", BATCHNORM.replace(old, new)).state is state
        assert audit_one(auditor, "batchnorm", BATCHNORM.replace(old, new)).state is FunctionState.RIGHT


def test_rounding_is_measured_in_the_worker_so_that_cancellation_is_not_accused(auditor):
    assert audit_one(auditor, "sigmoid", CANCELLING).state.is_right


def test_a_file_that_lacks_a_function_is_told_by_the_name_that_is_missing(auditor):
    found = audit_one(auditor, "affine", AFFINE.partition("def affine_backward")[0])
    assert (found.state, found.reason) == (FunctionState.NOT_FOUND, "no affine_backward was found")


def test_a_forward_that_writes_to_its_input_is_told(auditor):
    found = audit_one(
        auditor, "sigmoid", SIGMOID.replace("    return out, out", "    x[...] = 0\n    return out, out", 1)
    )
    assert "purity" in {finding.law for finding in found.findings}


def test_work_in_place_of_the_upstream_costs_nothing(auditor):
    found = audit_one(auditor, "sigmoid", SIGMOID.replace("return dout * cache", "dout *= cache\n    return dout", 1))
    assert (found.state, found.points) == (FunctionState.WARNED, 3)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise NotImplementedError", "sigmoid_backward: it raises 'raise NotImplementedError'"),
        ("pass", "sigmoid_backward: "),
        ("return dout * chache", "a name has no value"),
    ],
)
def test_work_that_is_not_finished_is_not_wrong(auditor, body, reason):
    found = audit_one(auditor, "sigmoid", SIGMOID.replace("return dout * cache * (1 - cache)", body))
    assert (found.state, found.points) == (FunctionState.UNFINISHED, 0)
    assert reason in found.reason


@pytest.mark.parametrize("end", ["os._exit(0)", "os.abort()"])
def test_what_ends_its_process_has_crashed_and_never_passes(auditor, end):
    found = audit_one(auditor, "sigmoid", SIGMOID.replace("return dout", f"{end}\n    return dout"))
    assert (found.state, found.points) == (FunctionState.CRASHED, 0)


def test_what_does_not_return_is_endless(auditor):
    agent = build_agent_source()
    with open_sandbox("confined", unsafe=True, agent=agent, limits=Limits(call_seconds=2)) as sandbox:
        text = SIGMOID.replace("return dout", "while True: pass\n    return dout")
        found = audit_one(replace(auditor, sandbox=sandbox), "sigmoid", text)
    assert (found.state, found.points) == (FunctionState.ENDLESS, 0)


def test_time_that_is_over_is_no_mistake(auditor):
    found = audit_one(auditor, "affine", AFFINE, seconds=0.0)
    assert (found.state, found.points, found.reason) == (FunctionState.UNJUDGED, 0, "its 0 s are over")


def test_a_slow_function_whose_calls_return_is_neither_endless_nor_wrong(auditor, monkeypatch):
    def note_second(session, answer):
        session.worker_seconds += 1.0

    monkeypatch.setattr(RemoteSession, "note_seconds", note_second)
    found = audit_one(auditor, "affine", AFFINE, seconds=150.0)
    assert (found.state, found.points) == (FunctionState.UNJUDGED, 0)
    assert found.reason == "150 s were over before all cases were examined"
    assert found.result.cases >= 1


def test_what_it_prints_is_kept(auditor):
    found = audit_one(auditor, "affine", AFFINE.replace("    out", "    print('here')\n    out", 1))
    assert (found.state, found.output[:5]) == (FunctionState.RIGHT, "here\n")


def test_a_function_that_is_not_run_loses_the_points_it_could_have(auditor):
    asked = auditor.plan.assignment.functions[0]
    found = make_unrun(asked, FunctionState.SKIPPED, "it needs more")
    assert (found.points, found.out_of, {mark.status for mark in found.marks}) == (0, 3, {"skipped"})
